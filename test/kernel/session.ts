import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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

/** What a completion offers: the text before and after a cursor `⎸`, what is replaced, and the matches. */
export interface Completion {
  matches: string[]
  replaced: string
}

/** A running kernel in a folder of its own, with a stand-in for the API or the real one. */
export class TestKernel {
  private constructor(
    readonly client: KernelClient,
    readonly folder: string,
  ) {}

  /** @param files what the notebook's folder holds before the kernel starts, by path */
  static async start(
    env: NodeJS.ProcessEnv = {},
    { realApi = false, files = {} }: { realApi?: boolean; files?: Readonly<Record<string, string>> } = {},
  ): Promise<TestKernel> {
    const { KernelClient } = await importBuilt<typeof clientModule>('kernel/client/kernel-client.js')
    const folder = mkdtempSync(join(tmpdir(), 'nir-notebook-'))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const api = fileURLToPath(new URL('./fake-api/index.mjs', import.meta.url))
    const args = realApi ? [] : ['--api', api]
    return new TestKernel(await KernelClient.start({ cwd: folder, env, args }), folder)
  }

  async run(code: string, onOutput?: (type: string, content: Content) => void): Promise<Outcome> {
    const messages: Outcome['messages'] = []
    const reply = await this.client.execute(code, (type, content) => {
      messages.push({ type, content })
      onOutput?.(type, content)
    })
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

  /** Completes at the `⎸` in the code. */
  async complete(marked: string): Promise<Completion> {
    const reply = await this.client.ask('complete_request', cursorIn(marked))
    const { cursor_start: start, cursor_end: end } = reply as Record<string, number>
    const characters = [...marked.replace('⎸', '')]
    return { matches: reply['matches'] as string[], replaced: characters.slice(start, end).join('') }
  }

  /** What is known of the place of the `⎸` in the code. */
  async inspect(marked: string): Promise<Record<string, string>> {
    const reply = await this.client.ask('inspect_request', { ...cursorIn(marked), detail_level: 0 })
    return reply['data'] as Record<string, string>
  }

  /** Runs a cell and interrupts it a moment after it has printed `ready`. */
  async interrupted(code: string): Promise<Outcome & { milliseconds: number }> {
    let ready = (): void => undefined
    const begun = new Promise<void>((resolve) => {
      ready = resolve
    })
    const running = this.run(code, (type, content) => {
      if (type === 'stream' && String(content['text']).includes('ready')) ready()
    })
    await begun
    await new Promise((resolve) => setTimeout(resolve, 50))
    const asked = performance.now()
    await this.client.interrupt()
    const outcome = await running
    return { ...outcome, milliseconds: performance.now() - asked }
  }

  async stop(): Promise<void> {
    await this.client.shutdown()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Code with its cursor, which Jupyter counts in code points. */
function cursorIn(marked: string): Content {
  const before = marked.slice(0, marked.indexOf('⎸'))
  return { code: marked.replace('⎸', ''), cursor_pos: [...before].length }
}
