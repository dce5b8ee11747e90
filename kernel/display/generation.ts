import hljs from 'highlight.js/lib/core'
import python from 'highlight.js/lib/languages/python'
import { escapeHtml } from '../../src/text/escape-html.js'
import type { MimeBundle } from './mime.js'

hljs.registerLanguage('python', python)

/** The face of a generation; a sweep's record has it too, with what was measured. */
interface GenerationLike {
  readonly arm: string
  readonly text: string
  readonly stopReason: string
  readonly tokens?: readonly number[]
  readonly tokenCount?: number
  readonly logProbabilities?: readonly number[]
  readonly meanLogProbability?: number | null
  readonly taskId?: number
  readonly outcome?: string | null
  readonly metrics?: Readonly<Record<string, number | null>>
}

/** Figures of a record that are shown; all others are in its table. */
const SHOWN_METRICS = ['lines', 'cyclomatic_complexity', 'volume'] as const

/** The colours of JupyterLab's editor, which follow its theme; elsewhere those of its light theme. */
const STYLE = `<style>
.nir-generations { display: flex; flex-wrap: wrap; gap: 12px 24px }
.nir-generation { flex: 1 1 320px; min-width: 0 }
.nir-generation pre { white-space: pre-wrap; margin: 4px 0 }
.nir-generation .hljs-keyword, .nir-generation .hljs-literal { color: var(--jp-mirror-editor-keyword-color, #008000); font-weight: bold }
.nir-generation .hljs-string { color: var(--jp-mirror-editor-string-color, #ba2121) }
.nir-generation .hljs-number { color: var(--jp-mirror-editor-number-color, #080) }
.nir-generation .hljs-comment { color: var(--jp-mirror-editor-comment-color, #408080); font-style: italic }
.nir-generation .hljs-title, .nir-generation .hljs-built_in { color: var(--jp-mirror-editor-def-color, #00f) }
</style>`

/** Whether a value is a generation, or a record of a sweep. */
export function isGeneration(value: unknown): value is GenerationLike {
  if (typeof value !== 'object' || value === null) return false
  const { arm, text, stopReason } = value as Partial<GenerationLike>
  return typeof arm === 'string' && typeof text === 'string' && typeof stopReason === 'string'
}

/** Whether a value is a list of few generations, such as the arms of one prompt. */
export function areGenerations(value: unknown): value is readonly GenerationLike[] {
  return Array.isArray(value) && value.length > 0 && value.length <= 40 && value.every(isGeneration)
}

/** Generated code beside each other, highlighted as Python, with what is known of it. */
export function generationsBundle(generations: readonly GenerationLike[]): MimeBundle {
  const cards = generations.map((generation) => {
    const code = hljs.highlight(generation.text, { language: 'python', ignoreIllegals: true }).value
    return `<div class="nir-generation"><small>${escapeHtml(caption(generation))}</small><pre><code>${code}</code></pre></div>`
  })
  return {
    'text/html': `${STYLE}<div class="nir-generations">${cards.join('')}</div>`,
    'text/plain': generations.map((one) => `# ${caption(one)}\n${one.text.trimEnd()}`).join('\n\n'),
  }
}

function caption(generation: GenerationLike): string {
  const { arm, taskId, outcome, metrics = {}, stopReason } = generation
  const count = generation.tokenCount ?? generation.tokens?.length
  const confidence = generation.meanLogProbability ?? mean(generation.logProbabilities ?? [])
  const parts = [
    ...(taskId === undefined ? [] : [`problem ${taskId}`]),
    ...(arm === '' ? [] : [arm]),
    ...(outcome === undefined || outcome === null ? [] : [outcome]),
    ...(count === undefined ? [] : [`${count} ${count === 1 ? 'token' : 'tokens'}`]),
    ...(confidence === null ? [] : [`mean log-probability ${confidence.toFixed(3)}`]),
    ...SHOWN_METRICS.flatMap((name) => {
      const value = metrics[name]
      return value === undefined || value === null
        ? []
        : [`${name.replaceAll('_', ' ')} ${Number(value.toPrecision(4))}`]
    }),
    `ended by ${stopReason}`,
  ]
  return parts.join(' · ')
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
