import { EvaluatorClosedError } from '../errors.js'
import { nodeTable, treeFromWire, type NodeTable, type WireTable, type WireTree } from './ast.js'
import { ChildEnded, JsonChild } from './child.js'
import type { PyNode } from './node-types.js'
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

/** parser.py's first message. */
export interface Greeting {
  readonly version: string
  readonly types: WireTable
}

type ParseAnswer = WireTree | { readonly error: PythonSyntaxError }

/** Reads the answer of parser.py to a `parse` request. */
export function parseResult(answer: unknown, types: NodeTable): ParseResult {
  const value = answer as ParseAnswer
  return 'error' in value
    ? { tree: null, error: value.error }
    : { tree: treeFromWire(value, types), error: null }
}

// Small enough that both children get a share and the first answers come soon; large enough to be worth a message.
const BATCH_ITEMS = 64
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
/** While a child parses one batch, the next waits in its pipe, and this process computes on the one before. */
const IN_FLIGHT = 2
/** More would wait for this process, which computes the metrics. */
const CHILDREN = 2

/** A child and what it has to do. */
class Lane {
  requests = 0
  #blamed = false
  #restarting: Promise<void> | null = null

  constructor(
    private readonly python: string,
    private child: JsonChild,
  ) {}

  /**
   * Rejects with `ChildEnded` where this message ended the child. Answers come in order, so the first request to
   * see a child's end is the one that caused it; those after it are sent again.
   */
  async request(message: unknown, closed: () => boolean): Promise<unknown> {
    for (;;) {
      if (!this.child.alive && !closed()) await (this.#restarting ??= this.#restart())
      if (closed()) {
        this.kill()
        throw new EvaluatorClosedError()
      }
      const { child } = this
      try {
        return await child.request(message, PARSE_MS)
      } catch (error) {
        if (child !== this.child || this.#blamed) continue
        this.#blamed = true
        throw error
      }
    }
  }

  kill(): void {
    this.child.kill()
  }

  async #restart(): Promise<void> {
    try {
      this.child = (await start(this.python)).child
      this.#blamed = false
    } finally {
      this.#restarting = null
    }
  }
}

/**
 * CPython in long-lived children: one, and a second as soon as there is work for two. A text that ends a child counts
 * as not parsing; the child is restarted.
 */
export class CPythonParser implements PythonParser {
  readonly kind = 'cpython'
  readonly #lanes: Lane[]
  readonly #types: NodeTable
  #waiting: (() => void)[] = []
  #closed = false
  #growing = false

  private constructor(
    readonly python: string,
    readonly version: string,
    types: NodeTable,
    child: JsonChild,
  ) {
    this.#types = types
    this.#lanes = [new Lane(python, child)]
  }

  /** Starts `python` (a command or path). Rejects with `ChildEnded` where it does not start. */
  static async start(python: string): Promise<CPythonParser> {
    const { child, greeting } = await start(python)
    return new CPythonParser(python, greeting.version, nodeTable(greeting.types), child)
  }

  parse(sources: readonly string[]): Promise<ParseResult[]> {
    return this.#each(
      'parse',
      sources,
      (answer) => parseResult(answer, this.#types),
      (error) => ({ tree: null, error }),
    )
  }

  check(sources: readonly string[]): Promise<boolean[]> {
    return this.#each('check', sources, Boolean, () => false)
  }

  close(): Promise<void> {
    this.#closed = true
    for (const lane of this.#lanes) lane.kill()
    for (const wake of this.#waiting.splice(0)) wake()
    return Promise.resolve()
  }

  async #each<T>(
    op: string,
    sources: readonly string[],
    read: (answer: unknown) => T,
    crashed: (error: PythonSyntaxError) => T,
  ): Promise<T[]> {
    const results = await Promise.all(
      batches(sources).map(async (batch) => {
        try {
          return ((await this.#ask({ op, sources: batch })) as unknown[]).map(read)
        } catch (error) {
          if (this.#closed) throw new EvaluatorClosedError()
          const reason = crash(error)
          if (batch.length === 1) return [crashed(reason)]
          const single = await Promise.all(batch.map((source) => this.#each(op, [source], read, crashed)))
          return single.flat()
        }
      }),
    )
    return results.flat()
  }

  async #ask(message: unknown): Promise<unknown> {
    const lane = await this.#freeLane()
    try {
      return await lane.request(message, () => this.#closed)
    } finally {
      lane.requests -= 1
      this.#waiting.shift()?.()
    }
  }

  async #freeLane(): Promise<Lane> {
    for (;;) {
      if (this.#closed) throw new EvaluatorClosedError()
      const lane = this.#lanes.reduce((least, other) => (other.requests < least.requests ? other : least))
      if (lane.requests < IN_FLIGHT) {
        lane.requests += 1
        return lane
      }
      this.#grow()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #grow(): void {
    if (this.#growing || this.#lanes.length === CHILDREN) return
    this.#growing = true
    start(this.python)
      .then(({ child }) => {
        this.#lanes.push(new Lane(this.python, child))
        if (this.#closed) child.kill()
        for (const wake of this.#waiting.splice(0, IN_FLIGHT)) wake()
      })
      .catch(() => undefined) // One child does the work too.
  }
}

async function start(python: string): Promise<{ child: JsonChild; greeting: Greeting }> {
  const child = new JsonChild([python, '-I', '-B', pythonScript('python/parser.py')])
  return { child, greeting: (await child.next(GREETING_MS)) as Greeting }
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
