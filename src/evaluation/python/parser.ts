import { EvaluatorClosedError } from '../errors.js'
import { treeFromWire, type PyNode, type WireTree } from './ast.js'
import { ChildEnded, JsonChild } from './child.js'
import { pythonScript } from './script.js'

/** Why CPython's `ast.parse` refused a text. Lines are 1-based; null where CPython gives none. */
export interface PythonSyntaxError {
  /** The Python exception: `'SyntaxError'`, `'IndentationError'`, `'ValueError'` (NUL bytes), …, or `'Crash'`. */
  readonly kind: string
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

/** A tree, or why there is none. */
export type ParseResult =
  { readonly tree: PyNode; readonly error: null } | { readonly tree: null; readonly error: PythonSyntaxError }

/** Something that parses as CPython does. */
export interface PythonParser {
  readonly kind: 'cpython' | 'pyodide'
  /** For example `'3.11.2'`. */
  readonly version: string
  /** A tree, or the error, for each text. Never rejects for what a text contains. */
  parse(sources: readonly string[]): Promise<ParseResult[]>
  /** Which of these texts does CPython parse? */
  check(sources: readonly string[]): Promise<boolean[]>
  close(): Promise<void>
}

type ParseAnswer = { readonly nodes: WireTree } | { readonly error: PythonSyntaxError }

/** Reads the answer of parser.py to a `parse` request. */
export function parseResult(answer: unknown): ParseResult {
  const value = answer as ParseAnswer
  return 'nodes' in value
    ? { tree: treeFromWire(value.nodes), error: null }
    : { tree: null, error: value.error }
}

const BATCH_ITEMS = 256
const BATCH_CHARACTERS = 1 << 20

/** Splits texts so that no message grows without bound. */
function batches(sources: readonly string[]): string[][] {
  const found: string[][] = []
  let size = Infinity
  for (const source of sources) {
    if (size + source.length > BATCH_CHARACTERS || found.at(-1)!.length >= BATCH_ITEMS) {
      found.push([])
      size = 0
    }
    found.at(-1)!.push(source)
    size += source.length
  }
  return found
}

const GREETING_MS = 20_000
const PARSE_MS = 30_000

/** CPython in one long-lived child. A text that ends the child counts as not parsing; the child is restarted. */
export class CPythonParser implements PythonParser {
  readonly kind = 'cpython'
  #child: JsonChild
  #closed = false
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(
    readonly python: string,
    readonly version: string,
    child: JsonChild,
  ) {
    this.#child = child
  }

  /** Starts `python` (a command or path). Rejects with `ChildEnded` where it does not start. */
  static async start(python: string): Promise<CPythonParser> {
    const { child, version } = await start(python)
    return new CPythonParser(python, version, child)
  }

  async parse(sources: readonly string[]): Promise<ParseResult[]> {
    return this.#each('parse', sources, parseResult, (error) => ({ tree: null, error }))
  }

  async check(sources: readonly string[]): Promise<boolean[]> {
    return this.#each('check', sources, Boolean, () => false)
  }

  close(): Promise<void> {
    this.#closed = true
    this.#child?.kill()
    return Promise.resolve()
  }

  async #each<T>(
    op: string,
    sources: readonly string[],
    read: (answer: unknown) => T,
    crashed: (error: PythonSyntaxError) => T,
  ): Promise<T[]> {
    const results: T[] = []
    for (const batch of batches(sources)) {
      try {
        results.push(...((await this.#ask({ op, sources: batch })) as unknown[]).map(read))
      } catch (error) {
        if (this.#closed) throw new EvaluatorClosedError()
        const reason = crash(error)
        if (batch.length === 1) results.push(crashed(reason))
        else for (const source of batch) results.push(...(await this.#each(op, [source], read, crashed)))
      }
    }
    return results
  }

  // One request at a time: when the child dies, the request under way is the one that killed it.
  #ask(message: unknown): Promise<unknown> {
    const answer = this.#queue.then(async () => {
      if (this.#closed) throw new EvaluatorClosedError()
      if (!this.#child.alive) this.#child = (await start(this.python)).child
      return this.#child.request(message, PARSE_MS)
    })
    this.#queue = answer.catch(() => undefined)
    return answer
  }
}

async function start(python: string): Promise<{ child: JsonChild; version: string }> {
  const child = new JsonChild([python, '-I', '-B', pythonScript('python/parser.py')])
  const greeting = (await child.next(GREETING_MS)) as { version: string }
  return { child, version: greeting.version }
}

/** The error of a text that ended the parser. */
export function crashError(message: string): PythonSyntaxError {
  return { kind: 'Crash', line: null, column: null, message }
}

function crash(error: unknown): PythonSyntaxError {
  if (!(error instanceof ChildEnded)) throw error
  const message =
    error.reason === 'timeout'
      ? 'The parser did not answer in time.'
      : 'The parser process ended on this text.'
  return crashError(message)
}
