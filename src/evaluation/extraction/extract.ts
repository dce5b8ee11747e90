import { longestRun, topLevelChunks } from './chunks.js'
import { fencedCode } from './fences.js'

/** Says which of several texts CPython parses. */
type Check = (sources: readonly string[]) => Promise<boolean[]>

/** What extraction asks of the parser. */
export interface Checks {
  /** Asked once, for what may be the codes themselves. */
  readonly candidates: Check
  /** Asked for single statements of a text. */
  readonly statements: Check
}

const DEFINES = /^[ \t]*(?:async[ \t]+)?(?:def|class)\b/m

/**
 * The code of each generated text.
 *
 * 1. The first fenced block ({@link fencedCode}).
 * 2. Without a fence, the whole text where it parses.
 * 3. Else the longest run of top-level statements that parses. Where the text has a `def` or `class`, a run must
 *    have one too: prose often parses by chance ("Yes"), and then stands for nothing.
 * 4. Else everything from the first `def` or `class`, which does not parse; null where there is none.
 *
 * Time is linear in the text: each statement is parsed once, no pattern backtracks.
 *
 * @param checks the parser; without one, steps 2 and 3 are left out
 */
export async function extractCode(
  texts: readonly string[],
  checks: Checks | null,
): Promise<(string | null)[]> {
  const fenced = texts.map(fencedCode)
  const candidates = texts.map((text, index) => fenced[index] ?? text)
  const valid = checks ? await checks.candidates(candidates) : []
  return Promise.all(
    candidates.map((candidate, index) => {
      if (isBlank(candidate)) return null
      if (fenced[index] !== null || valid[index]) return candidate
      return codeAmongProse(candidate, checks)
    }),
  )
}

function isBlank(text: string): boolean {
  return !/\S/.test(text)
}

async function codeAmongProse(text: string, checks: Checks | null): Promise<string | null> {
  const first = DEFINES.exec(text)
  const run = checks && (await longestValidSpan(text, first !== null, checks.statements))
  return run ?? (first ? text.slice(first.index) : null)
}

async function longestValidSpan(text: string, mustDefine: boolean, check: Check): Promise<string | null> {
  const lines = text.split('\n')
  const chunks = topLevelChunks(lines)
  const sources = chunks.map(({ start, end }) => lines.slice(start, end).join('\n'))
  const valid = await check(sources)
  const runs = mustDefine ? runsThatDefine(sources, valid) : valid
  const span = longestRun(chunks, runs)
  return span && lines.slice(span.start, span.end).join('\n').trimEnd()
}

/** Clears the chunks of every run that defines nothing. */
function runsThatDefine(sources: readonly string[], valid: readonly boolean[]): boolean[] {
  const kept = sources.map(() => false)
  for (let start = 0; start < sources.length; start += 1) {
    let end = start
    while (end < sources.length && valid[end]) end += 1
    if (sources.slice(start, end).some((source) => DEFINES.test(source))) kept.fill(true, start, end)
    start = end
  }
  return kept
}
