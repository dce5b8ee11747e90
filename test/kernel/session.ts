import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as clientModule from '../../kernel/client/kernel-client.js'
import type { KernelClient } from '../../kernel/client/kernel-client.js'
import { importBuilt } from './built.js'

type Content = Record<string, unknown>

/** One cell's outcome as a front end saw it. */
export interface Outcome {
  reply: Content
  messages: { type: string; content: Content }[]
  /** What was printed, by stream. */
  stdout: string
  stderr: string
  /** The text of the execute_result. */
  result: string | undefined
}

/** A running kernel in an empty folder, with a stand-in for the API. */
export class TestKernel {
  private constructor(
    readonly client: KernelClient,
    readonly folder: string,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<TestKernel> {
    const { KernelClient } = await importBuilt<typeof clientModule>('kernel/client/kernel-client.js')
    const folder = mkdtempSync(join(tmpdir(), 'nir-notebook-'))
    const api = fileURLToPath(new URL('./fake-api/index.mjs', import.meta.url))
    return new TestKernel(await KernelClient.start({ cwd: folder, env, args: ['--api', api] }), folder)
  }

  async run(code: string): Promise<Outcome> {
    const messages: Outcome['messages'] = []
    const reply = await this.client.execute(code, (type, content) => messages.push({ type, content }))
    const printed = (name: string): string =>
      messages
        .filter(({ type, content }) => type === 'stream' && content['name'] === name)
        .map(({ content }) => content['text'])
        .join('')
    const result = messages.find(({ type }) => type === 'execute_result')
    const data = result?.content['data'] as Record<string, string> | undefined
    return {
      reply,
      messages,
      stdout: printed('stdout'),
      stderr: printed('stderr'),
      result: data?.['text/plain'],
    }
  }

  async stop(): Promise<void> {
    await this.client.shutdown()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
