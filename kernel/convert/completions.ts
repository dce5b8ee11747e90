import type { TslabCompletion, TypeScript } from './tslab.js'

/** Completions of modules and files, whose names are the part after the last slash. */
const PATHS: readonly string[] = ['external module name', 'directory', 'script']
const DECLARED =
  /^(?:export )?(?:declare )?(?:const|let|var|function|class|abstract class|enum|type|interface) ([\w$]+)/gm

/**
 * Puts tslab's completions in a useful order, and inside a string, where it takes the cursor for all that is to be
 * replaced, finds the text that is.
 */
export function refineCompletion(
  ts: TypeScript,
  found: TslabCompletion,
  { declarations, source, position }: { declarations: string; source: string; position: number },
): TslabCompletion {
  const kinds = new Map(found.original?.entries.map(({ name, kind }) => [name, kind]))
  if (found.start < found.end || found.candidates.length === 0) return found
  const string = stringAt(ts, source, position)
  if (!string) {
    const own = new Set([...declarations.matchAll(DECLARED)].map(([, name]) => name))
    const rank = (name: string): number =>
      found.original?.isGlobalCompletion
        ? kinds.get(name) === 'keyword'
          ? 2
          : own.has(name)
            ? 0
            : 1
        : Number(/^[$_]/.test(name))
    return { ...found, candidates: sortedBy(found.candidates, rank) }
  }
  const names = [...kinds.keys()] // in the order of the union
  const isPath = names.every((name) => PATHS.includes(kinds.get(name) ?? ''))
  const typed = source.slice(string.start, position)
  const start = isPath ? string.start + typed.lastIndexOf('/') + 1 : string.start
  return {
    ...found,
    start,
    end: string.end,
    candidates: matching(names, source.slice(start, position)),
  }
}

/** What of the string at a position is to be replaced: all that is in it, or, where its end is missing, up to there. */
function stringAt(
  ts: TypeScript,
  source: string,
  position: number,
): { start: number; end: number } | undefined {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, false)
  const find = (node: TypeScript): TypeScript =>
    ts.forEachChild(node, (child: TypeScript) =>
      child.pos < position && position <= child.end ? (find(child) ?? child) : undefined,
    )
  const node = find(file)
  if (!node || !ts.isStringLiteralLike(node)) return undefined
  const start = (node.getStart(file) as number) + 1
  if (node.isUnterminated) return position < start ? undefined : { start, end: position }
  const end = (node.end as number) - 1
  return start <= position && position <= end ? { start, end } : undefined
}

/** Those that hold the text, those that begin with it first. */
function matching(names: readonly string[], text: string): string[] {
  const lower = text.toLowerCase()
  const rank = (name: string): number =>
    name.startsWith(text) ? 0 : name.toLowerCase().startsWith(lower) ? 1 : 2
  return sortedBy(
    names.filter((name) => name.toLowerCase().includes(lower)),
    rank,
  )
}

/** Stable. */
function sortedBy(names: readonly string[], rank: (name: string) => number): string[] {
  return [...names].sort((a, b) => rank(a) - rank(b))
}
