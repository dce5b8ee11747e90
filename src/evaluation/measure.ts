import { extractCode } from './extraction/extract.js'
import type { PyNode } from './python/ast.js'
import type { PythonParser, PythonSyntaxError } from './python/parser.js'
import { standardMetrics } from './standard/metrics.js'
import { thesisFunctions } from './thesis/functions.js'
import { thesisMetrics, treeMetrics } from './thesis/metrics.js'
import type { MeasureItem, Measurement } from './types.js'

/** Whose definitions the metrics follow. */
export type Definitions = 'thesis' | 'standard'

/** Measures one text; without a parser, what needs one is null. */
export async function measure(
  item: MeasureItem,
  definitions: Definitions,
  parser: PythonParser | null,
): Promise<Measurement> {
  const functions = thesisFunctions(item.text)
  const code = await extractCode(item.text, parser && ((sources) => parser.check(sources)))
  const wanted = new Set(definitions === 'thesis' ? functions : [])
  if (code !== null) wanted.add(code)
  const trees = parser ? await parseAll(parser, [...wanted]) : null
  const parsed = code === null ? undefined : trees?.get(code)
  const tree = parsed?.tree ?? null
  const metrics =
    definitions === 'standard'
      ? standardMetrics(code, tree)
      : {
          ...thesisMetrics(
            functions?.map((source) => ({ source, tree: trees?.get(source)?.tree ?? null })) ?? null,
            expectedName(item),
            trees === null,
          ),
          ...treeMetrics(tree),
        }
  return { functions, code, parses: trees && tree !== null, syntaxError: parsed?.error ?? null, metrics }
}

function expectedName({ tests, reference }: MeasureItem): string {
  return tests?.length ? tests.join('\n') : (reference ?? '')
}

type Parsed = Map<string, { tree: PyNode | null; error: PythonSyntaxError | null }>

async function parseAll(parser: PythonParser, sources: readonly string[]): Promise<Parsed> {
  const results = await parser.parse(sources)
  return new Map(sources.map((source, index) => [source, results[index]!]))
}
