import type { DisplayHandle } from '../display/display.js'

interface ApiModule {
  createSession(options?: { model?: string }): Promise<object>
}

/** Creates the session behind `nir` when the first cell that uses it is about to run. */
export class SessionLoader {
  private session: Promise<object> | undefined

  /**
   * @param loadApi loads the module that has `createSession`
   * @param show shows a line that can be replaced
   */
  constructor(
    private readonly loadApi: () => Promise<object>,
    private readonly show: (text: string) => DisplayHandle,
  ) {}

  /** The session; a failed attempt is made again on the next call. */
  get(): Promise<object> {
    this.session ??= this.create().catch((error: unknown) => {
      this.session = undefined
      throw error
    })
    return this.session
  }

  /** Closes the session if there is one. */
  async close(): Promise<void> {
    const session = (await this.session?.catch(() => undefined)) as { close?(): unknown } | undefined
    await session?.close?.()
  }

  private async create(): Promise<object> {
    const started = performance.now()
    const line = this.show('nir: starting the session …')
    const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1)
    try {
      const { createSession } = (await this.loadApi()) as ApiModule
      const model = process.env['NIR_MODEL']
      const session = await createSession(model ? { model } : {})
      await line.update(asText(`nir: session ready in ${seconds()} s`))
      return session
    } catch (error) {
      await line.update(asText('nir: no session'))
      throw error
    }
  }
}

/** A MIME bundle of plain text, shown without quotes. */
export function asText(text: string): Record<string, string> {
  return { 'text/plain': text }
}
