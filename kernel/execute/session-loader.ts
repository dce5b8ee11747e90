interface ApiModule {
  createSession(options?: { model?: string }): Promise<object>
  Session: { prototype: { help(topic?: unknown): unknown } }
}

/** Creates the session behind `nir` when the first cell that uses it is about to run. */
export class SessionLoader {
  private session: Promise<object> | undefined

  /** @param loadApi loads the module that has `createSession` */
  constructor(private readonly loadApi: () => Promise<object>) {}

  /** The session; a failed attempt is made again on the next call. */
  get(): Promise<object> {
    this.session ??= this.create().catch((error: unknown) => {
      this.session = undefined
      throw error
    })
    return this.session
  }

  /** What answers `nir.help()`: the session where there is one, else without a model. */
  async getForHelp(): Promise<object> {
    if (this.session) return this.session
    const { Session } = (await this.loadApi()) as ApiModule
    return { help: (topic?: unknown) => Session.prototype.help(topic) }
  }

  /** Closes the session if there is one. */
  async close(): Promise<void> {
    const session = (await this.session?.catch(() => undefined)) as { close?(): unknown } | undefined
    await session?.close?.()
  }

  private async create(): Promise<object> {
    const { createSession } = (await this.loadApi()) as ApiModule
    const model = process.env['NIR_MODEL']
    return createSession(model ? { model } : {})
  }
}
