import { escapeHtml } from '../../text/escape-html.js'
import { generationCaption } from '../../text/generation-caption.js'
import { listNames } from '../../text/list-names.js'
import { pythonHtml } from '../../text/python-html.js'
import type { SweepRecord } from '../../sweep/record.js'
import { paragraph, type Block, type Section } from './block.js'
import type { StudyFacts } from './facts.js'

const MOST_EXAMPLES = 5

/** What arms wrote for the problems on which they differ most; `null`: there is nothing to show. */
export function examplesSection({ problems }: StudyFacts, records: readonly SweepRecord[]): Section | null {
  const units = new Map<string, SweepRecord[]>()
  for (const record of records) {
    const key = `${record.taskId}/${record.sample}`
    units.set(key, [...(units.get(key) ?? []), record])
  }
  const chosen = [...units.values()]
    .map((unit) => ({ unit, disagreement: disagreement(unit) }))
    .filter((one) => one.disagreement > 0)
    .sort((a, b) => b.disagreement - a.disagreement)
    .slice(0, MOST_EXAMPLES)
  if (chosen.length === 0) return null
  return {
    title: 'Examples',
    blocks: [
      paragraph(
        `The ${chosen.length === 1 ? 'unit' : `${chosen.length} units`} whose arms differ most in outcome. Arms that wrote the same stand together.`,
      ),
      ...chosen.map(({ unit }) => example(unit, problems.get(unit[0]!.taskId) ?? '')),
    ],
  }
}

/** How evenly the outcomes of a unit are spread: 0 where all are the same (Gini's impurity). */
function disagreement(unit: readonly SweepRecord[]): number {
  const counts = new Map<string, number>()
  for (const { outcome } of unit) counts.set(String(outcome), (counts.get(String(outcome)) ?? 0) + 1)
  return 1 - [...counts.values()].reduce((sum, count) => sum + (count / unit.length) ** 2, 0)
}

function example(unit: readonly SweepRecord[], asked: string): Block {
  const [{ taskId, sample, context }] = unit as [SweepRecord]
  const title = `Problem ${taskId}${sample > 0 ? `, sample ${sample}` : ''}`
  const byText = new Map<string, SweepRecord[]>()
  for (const record of unit) {
    const text = record.text.trimEnd()
    byText.set(text, [...(byText.get(text) ?? []), record])
  }
  const cards = [...byText].map(([text, same]) => {
    const { arm: _, taskId: __, meanLogProbability, ...rest } = same[0]!
    // How probable the text was differs from arm to arm.
    const confidence = same.length === 1 ? { meanLogProbability } : {}
    const caption = generationCaption({ ...rest, ...confidence, arm: '' })
    return { text, arms: listNames(same.map(({ arm }) => arm)), caption }
  })
  return {
    text: [
      `${title}: ${asked}`,
      ...cards.map(({ text, arms, caption }) => `# ${arms} · ${caption}\n${text}`),
    ].join('\n\n'),
    html: `<article class="example"><h3>${title}</h3><p class="asked">${escapeHtml(asked)}</p>
${context === '' ? '' : `<details><summary>Context</summary><pre>${escapeHtml(context)}</pre></details>`}
<div class="cards">${cards.map(cardHtml).join('')}</div></article>`,
  }
}

function cardHtml({ text, arms, caption }: Readonly<Record<'text' | 'arms' | 'caption', string>>): string {
  const outcome = caption.split(' · ', 1)[0]!
  const kind = outcome === 'passed' ? 'passed' : 'other'
  return `<div class="card ${kind}"><b>${escapeHtml(arms)}</b><small>${escapeHtml(caption)}</small><pre class="nir-python"><code>${pythonHtml(text)}</code></pre></div>`
}
