import { extractCode } from './extraction/extract.js'
import type { PythonParser } from './python/parser.js'
import { comparable, similarity, type Similarity, type Subtrees } from './tree/similarity.js'

/** Compares the codes of texts, each with each; null where one of the two does not parse. */
export async function pairwiseSimilarity(
  texts: readonly string[],
  parser: PythonParser,
): Promise<(Similarity | null)[][]> {
  const check = (sources: readonly string[]) => parser.check(sources)
  const codes = await extractCode(texts, { candidates: check, statements: check })
  const parsed = await parser.parse(codes.map((code) => code ?? ''))
  const numbering: Subtrees = new Map()
  const trees = parsed.map(({ tree }, index) =>
    tree && codes[index] !== null ? comparable(tree, numbering) : null,
  )
  const rows: (Similarity | null)[][] = trees.map(() => [])
  trees.forEach((a, i) => {
    trees.slice(0, i + 1).forEach((b, j) => {
      rows[i]![j] = rows[j]![i] = a && b && similarity(a, b)
    })
  })
  return rows
}
