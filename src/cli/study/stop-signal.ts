/** Exit codes that a shell gives to what these signals end. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * The first SIGINT or SIGTERM aborts {@link StopSignal.signal}: what is stored stays, what runs is dropped. A second one
 * ends the process at once.
 */
export class StopSignal {
  /** The exit code that the signal asks for; `null`: there was none. */
  code: number | null = null
  readonly #controller = new AbortController()
  readonly #listeners = Object.entries(CODES).map(([name, code]) => {
    const listener = () => {
      if (this.code !== null) process.exit(code)
      this.code = code
      this.#controller.abort(new Error(`${name} was received.`))
    }
    process.on(name, listener)
    return { name, listener }
  })

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  dispose(): void {
    for (const { name, listener } of this.#listeners) process.off(name, listener)
  }
}
