import { escapeHtml } from '../../src/text/escape-html.js'
import { generationCaption, type GenerationLike } from '../../src/text/generation-caption.js'
import { PYTHON_STYLE, pythonHtml } from '../../src/text/python-html.js'
import type { MimeBundle } from './mime.js'

const STYLE = `<style>
.nir-generations { display: flex; flex-wrap: wrap; gap: 12px 24px }
.nir-generation { flex: 1 1 320px; min-width: 0 }
.nir-generation pre { white-space: pre-wrap; margin: 4px 0 }${PYTHON_STYLE}
</style>`

/** Whether a value is a generation, or a record of a sweep. */
export function isGeneration(value: unknown): value is GenerationLike {
  if (typeof value !== 'object' || value === null) return false
  const { arm, text, stopReason } = value as Partial<GenerationLike>
  return typeof arm === 'string' && typeof text === 'string' && typeof stopReason === 'string'
}

/** Whether a value is a list of few generations, such as the arms of one prompt. */
export function areGenerations(value: unknown): value is readonly GenerationLike[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 40) return false
  // Spread, since the holes of a sparse list are passed over by `every`.
  return [...(value as unknown[])].every(isGeneration)
}

/** Generated code beside each other, highlighted as Python, with what is known of it. */
export function generationsBundle(generations: readonly GenerationLike[]): MimeBundle {
  const cards = generations.map((generation) => {
    const caption = `<small>${escapeHtml(generationCaption(generation))}</small>`
    const code = `<pre class="nir-python"><code>${pythonHtml(generation.text)}</code></pre>`
    return `<div class="nir-generation">${caption}${code}</div>`
  })
  return {
    'text/html': `${STYLE}<div class="nir-generations">${cards.join('')}</div>`,
    'text/plain': generations.map((one) => `# ${generationCaption(one)}\n${one.text.trimEnd()}`).join('\n\n'),
  }
}
