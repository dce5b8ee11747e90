import { ChildEnded, JsonChild } from '../python/child.js'
import { EvaluatorClosedError, SandboxLostError } from '../errors.js'
import {
  NOT_RUN,
  type Outcome,
  type Program,
  type ProgramResult,
  type ProgramRunner,
  type RunLimits,
} from './runner.js'

const START_MS = 20_000
const GRACE_MS = 10_000
// What a program leaves in the sandbox's kernel objects (shared memory, message queues) goes with the sandbox.
const JOBS_PER_SERVER = 200

/** What the server in the sandbox says of one program. */
interface ServerResult {
  readonly outcome: Outcome
  readonly message: string | null
  readonly cpuSeconds: number | null
  readonly wallSeconds: number
}

/** Starts a server: a command line and its environment. */
export interface ServerCommand {
  readonly command: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** A server that is ready, and the version of its Python. */
export interface StartedServer {
  readonly child: JsonChild
  readonly pythonVersion: string
}

/** Starts a server and waits until it is ready; rejects with `ChildEnded` where it does not start. */
export async function startServer({ command, env }: ServerCommand): Promise<StartedServer> {
  const child = new JsonChild(command, env ? { env } : {})
  const { ready } = (await child.next(START_MS)) as { ready: string }
  return { child, pythonVersion: ready }
}

/** A queue of programs before a few servers; each server runs one program at a time. */
export class ServerPool implements ProgramRunner {
  readonly pythonVersion: string
  readonly #idle: Server[]
  readonly #waiting: ((server: Server) => void)[] = []
  readonly #servers: readonly Server[]

  constructor(
    command: ServerCommand,
    readonly sandboxed: boolean,
    workers: number,
    first: StartedServer,
  ) {
    this.pythonVersion = first.pythonVersion
    this.#servers = Array.from(
      { length: workers },
      (_, index) => new Server(command, index === 0 ? first.child : null),
    )
    this.#idle = [...this.#servers]
  }

  run(programs: readonly Program[], limits: RunLimits): Promise<ProgramResult[]> {
    return Promise.all(programs.map((program) => this.#one(program, limits)))
  }

  close(): Promise<void> {
    for (const server of this.#servers) server.stop()
    return Promise.resolve()
  }

  async #one(program: Program, limits: RunLimits): Promise<ProgramResult> {
    if (program.tests.length === 0) return NOT_RUN
    if (program.code === null || program.code.trim() === '')
      return { ...NOT_RUN, outcome: 'no function', passed: false, message: 'no code' }
    const server = this.#idle.shift() ?? (await new Promise<Server>((resolve) => this.#waiting.push(resolve)))
    try {
      const result = await server.run(job(program, program.tests, limits))
      const passed = result.outcome === 'passed'
      const { challengeTests: harder = [] } = program
      const challenge = passed && harder.length > 0 ? await server.run(job(program, harder, limits)) : null
      return { ...result, passed, challengePassed: challenge && challenge.outcome === 'passed' }
    } finally {
      const next = this.#waiting.shift()
      if (next) next(server)
      else this.#idle.push(server)
    }
  }
}

interface Job {
  readonly wallSeconds: number
  readonly [name: string]: unknown
}

function job(program: Program, tests: readonly string[], limits: RunLimits): Job {
  const cpuSeconds = limits.cpuSeconds ?? 10
  return {
    code: program.code,
    tests,
    imports: program.imports ?? [],
    setup: program.setup ?? '',
    cpuSeconds: Math.ceil(cpuSeconds),
    wallSeconds: limits.wallSeconds ?? 3 * cpuSeconds,
    memoryBytes: limits.memoryBytes ?? 512 * 2 ** 20,
  }
}

class Server {
  #jobs = 0
  #stopped = false

  constructor(
    private readonly command: ServerCommand,
    private child: JsonChild | null,
  ) {}

  async run(work: Job): Promise<ServerResult> {
    const child = await this.#ready()
    this.#jobs += 1
    const started = performance.now()
    try {
      return (await child.request(work, work.wallSeconds * 1000 + GRACE_MS)) as ServerResult
    } catch (error) {
      if (!(error instanceof ChildEnded)) throw error
      if (this.#stopped) throw new EvaluatorClosedError()
      const outcome = error.reason === 'timeout' ? 'timeout' : 'crashed'
      const wallSeconds = (performance.now() - started) / 1000
      return { outcome, message: 'the sandbox ended with the program', cpuSeconds: null, wallSeconds }
    }
  }

  stop(): void {
    this.#stopped = true
    this.child?.kill()
  }

  async #ready(): Promise<JsonChild> {
    if (this.#stopped) throw new EvaluatorClosedError()
    if (this.child?.alive && this.#jobs < JOBS_PER_SERVER) return this.child
    this.child?.kill()
    this.#jobs = 0
    try {
      this.child = (await startServer(this.command)).child
    } catch (error) {
      throw new SandboxLostError((error as Error).message, { cause: error })
    }
    if (this.#stopped) this.child.kill()
    return this.child
  }
}
