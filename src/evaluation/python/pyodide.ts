import { readFileSync } from 'node:fs'
import { EvaluatorClosedError } from '../errors.js'
import { nodeTable, type NodeTable } from './ast.js'
import {
  crashError,
  parseResult,
  type Greeting,
  type ParseResult,
  type PythonParser,
  type PythonSyntaxError,
} from './parser.js'
import { pythonScript } from './script.js'

/** The version whose parser was found to agree with CPython's. */
export const PYODIDE_VERSION = '0.29.5'

/** What is used of the `pyodide` package. */
export interface PyodideModule {
  readonly version: string
  loadPyodide(): Promise<{
    runPython(code: string, options: { globals: unknown }): (request: string) => string
    toPy(value: object): unknown
  }>
}

type Answer = (request: string) => string

/**
 * CPython compiled to WebAssembly, in this process: takes seconds to load, then about a millisecond a text. It only
 * parses: Pyodide is no sandbox in Node.
 */
export class PyodideParser implements PythonParser {
  readonly kind = 'pyodide'
  #answer: Answer | null
  #closed = false

  private constructor(
    readonly version: string,
    private readonly types: NodeTable,
    private readonly module: PyodideModule,
    answer: Answer,
  ) {
    this.#answer = answer
  }

  /** @param module the `pyodide` package, in version {@link PYODIDE_VERSION} */
  static async start(module: PyodideModule): Promise<PyodideParser> {
    const answer = await load(module)
    const { version, types } = JSON.parse(answer('')) as Greeting
    return new PyodideParser(version, nodeTable(types), module, answer)
  }

  parse(sources: readonly string[]): Promise<ParseResult[]> {
    return this.#each(
      'parse',
      sources,
      (answer) => parseResult(answer, this.types),
      (error) => ({ tree: null, error }),
    )
  }

  check(sources: readonly string[]): Promise<boolean[]> {
    return this.#each('check', sources, Boolean, () => false)
  }

  close(): Promise<void> {
    this.#closed = true
    this.#answer = null
    return Promise.resolve()
  }

  async #each<T>(
    op: string,
    sources: readonly string[],
    read: (answer: unknown) => T,
    crashed: (error: PythonSyntaxError) => T,
  ): Promise<T[]> {
    const results: T[] = []
    for (const source of sources) {
      if (this.#closed) throw new EvaluatorClosedError()
      this.#answer ??= await load(this.module)
      try {
        const [answer] = JSON.parse(this.#answer(JSON.stringify({ op, sources: [source] }))) as unknown[]
        results.push(read(answer))
      } catch (error) {
        // After a fatal error, such as the end of WebAssembly's stack, that Python is lost.
        this.#answer = null
        results.push(crashed(crashError((error as Error).message.slice(0, 500))))
      }
    }
    return results
  }
}

async function load(module: PyodideModule): Promise<Answer> {
  const python = await module.loadPyodide()
  const globals = python.toPy({ __name__: 'parser' })
  const script = readFileSync(pythonScript('python/parser.py'), 'utf8')
  return python.runPython(`${script}\nanswer_json`, { globals })
}
