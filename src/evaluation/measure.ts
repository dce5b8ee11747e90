import { extractCode } from './extraction/extract.js'
import type { PyNode } from './python/node-types.js'
import type { ParseResult, PythonParser } from './python/parser.js'
import { complexity, type RadonVersion } from './standard/complexity.js'
import { halstead } from './standard/halstead.js'
import { standardMetrics } from './standard/metrics.js'
import { thesisFunctions } from './thesis/functions.js'
import { thesisMetrics } from './thesis/metrics.js'
import { addTreeMetrics } from './tree/metrics.js'
import { treeShape } from './tree/shape.js'
import { comparable, similarity, type Similarity, type Subtrees } from './tree/similarity.js'
import type { MeasureItem, Measurement } from './types.js'

/** Whose definitions the metrics follow. */
export type Definitions = 'thesis' | 'standard'

/** How to measure. */
export interface MeasureContext {
  readonly definitions: Definitions
  readonly radon: RadonVersion
  /** null: what needs one is null. */
  readonly parser: PythonParser | null
}

/** Measured together: one message to the parser, while the metrics of the texts before are computed. */
const TOGETHER = 64
/** So many messages are under way. More would keep their trees in memory longer. */
const UNDER_WAY = 4

/** Measures texts, in their order. */
export async function measure(
  items: readonly MeasureItem[],
  context: MeasureContext,
): Promise<Measurement[]> {
  const parts: Measurement[][] = []
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const start = next
      next += TOGETHER
      parts[start / TOGETHER] = await measureTogether(items.slice(start, next), context)
    }
  }
  await Promise.all(Array.from({ length: UNDER_WAY }, work))
  return parts.flat()
}

async function measureTogether(
  items: readonly MeasureItem[],
  { definitions, radon, parser }: MeasureContext,
): Promise<Measurement[]> {
  const trees = new Trees(parser)
  const functions = items.map(({ text }) => thesisFunctions(text))
  if (definitions === 'thesis') trees.want(functions.flatMap((found) => found ?? []))
  trees.want(items.flatMap(({ reference }) => reference ?? []))
  const codes = await extractCode(
    items.map(({ text }) => text),
    parser && {
      candidates: (sources) => trees.parses(sources),
      statements: (sources) => parser.check(sources),
    },
  )
  // Those found among prose are still to be parsed.
  await trees.parses(codes.flatMap((code) => code ?? []))
  const likeness = new Likeness(trees)
  return items.map((item, index): Measurement => {
    const code = codes[index]!
    const parsed = code === null ? undefined : trees.get(code)
    const tree = parsed?.tree ?? null
    const shape = tree && treeShape(tree)
    const blocks = tree && complexity(tree, radon)
    const volume = tree && halstead(tree)
    const own =
      definitions === 'standard'
        ? standardMetrics(code, blocks && { complexity: blocks, halstead: volume!.total })
        : thesisMetrics(
            functions[index]?.map((source) => ({ source, tree: trees.get(source)?.tree ?? null })) ?? null,
            expectedName(item),
            parser === null,
          )
    return {
      functions: functions[index]!,
      code,
      parses: parser && tree !== null,
      syntaxError: parsed?.error ?? null,
      metrics: addTreeMetrics(
        own,
        tree && { tree, shape: shape! },
        tree && likeness.to(item.reference, tree),
      ),
      details: tree && {
        blocks: blocks!.blocks,
        halstead: volume!.functions,
        nodeTypes: shape!.nodeTypes,
      },
    }
  })
}

function expectedName({ tests, reference }: MeasureItem): string {
  return tests?.length ? tests.join('\n') : (reference ?? '')
}

/** The trees of texts, each parsed once, together with those that are wanted. */
class Trees {
  readonly #parsed = new Map<string, ParseResult>()
  readonly #wanted = new Set<string>()

  constructor(private readonly parser: PythonParser | null) {}

  want(sources: readonly string[]): void {
    for (const source of sources) if (!this.#parsed.has(source)) this.#wanted.add(source)
  }

  /** Which of these texts parse? */
  async parses(sources: readonly string[]): Promise<boolean[]> {
    this.want(sources)
    const wanted = [...this.#wanted]
    this.#wanted.clear()
    const results = wanted.length ? await this.parser?.parse(wanted) : undefined
    results?.forEach((result, index) => this.#parsed.set(wanted[index]!, result))
    return sources.map((source) => (this.get(source)?.tree ?? null) !== null)
  }

  get(source: string): ParseResult | undefined {
    return this.#parsed.get(source)
  }
}

/** Compares with reference solutions, each prepared once. */
class Likeness {
  readonly #numbering: Subtrees = new Map()
  readonly #references = new Map<string, ReturnType<typeof comparable> | null>()

  constructor(private readonly trees: Trees) {}

  to(reference: string | undefined, tree: PyNode): Similarity | null {
    if (reference === undefined) return null
    let prepared = this.#references.get(reference)
    if (prepared === undefined) {
      const parsed = this.trees.get(reference)?.tree
      prepared = parsed ? comparable(parsed, this.#numbering) : null
      this.#references.set(reference, prepared)
    }
    return prepared && similarity(comparable(tree, this.#numbering), prepared)
  }
}
