import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { built } from '../kernel/built.js'
import { golden, goldenModel } from './golden.js'

const engineUrl = pathToFileURL(join(built(), 'src/engine/index.js')).href
const { prompt, tokens } = golden.cases[0]!
const folder = mkdtempSync(join(tmpdir(), 'nir-workers-'))
let scripts = 0

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Runs a script in a process of its own, which a fault of the native side would take down. */
async function run(script: string): Promise<unknown> {
  const common = `
    import { Worker } from 'node:worker_threads'
    const { Engine } = await import(${JSON.stringify(engineUrl)})
    const open = () => Engine.open({ path: ${JSON.stringify(goldenModel)}, gpu: false, threads: 1 })
    const prompt = ${JSON.stringify(prompt)}
    const worker = (body) => new Worker(\`
      const { parentPort } = require('node:worker_threads')
      void (async () => {
        const { Engine } = await import(${JSON.stringify(engineUrl)})
        const engine = await Engine.open({ path: ${JSON.stringify(goldenModel)}, gpu: false, threads: 1 })
        \${body}
      })()\`, { eval: true })
    const next = (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  `
  // A file, since node-llama-cpp starts a process with the same arguments to try its binary.
  const path = join(folder, `${++scripts}.mjs`)
  writeFileSync(path, common + script)
  const { stdout } = await promisify(execFile)(process.execPath, [path], { timeout: 90_000 })
  return JSON.parse(stdout)
}

describe('sessions in worker threads', () => {
  it('give what one in the main thread gives, all at once and afterwards', async () => {
    const given = await run(`
      const engine = await open()
      const body = \`
        const { tokens } = await engine.generate(${JSON.stringify(prompt)}, { maxTokens: 8 })
        await engine.close()
        parentPort.postMessage(tokens)\`
      const workers = [worker(body), worker(body)]
      const ours = Array.from({ length: 20 }, () => engine.generate(prompt, { maxTokens: 8 }))
      const theirs = await Promise.all(workers.map(next))
      await Promise.all(ours)
      const after = await engine.generate(prompt, { maxTokens: 8 })
      await engine.close()
      console.log(JSON.stringify([...theirs, (await ours[19]).tokens, after.tokens]))
    `)
    expect(given).toEqual([tokens, tokens, tokens, tokens])
  })

  it('end with a worker that is terminated in the midst of a decode, and no others with them', async () => {
    const given = await run(`
      const engine = await open()
      for (let i = 0; i < 4; i++) {
        const endless = worker(\`
          for (;;) await engine.generate([1, 2, 3], { maxTokens: 200, onToken: () => parentPort.postMessage(0) })\`)
        await next(endless)
        await new Promise((resolve) => setTimeout(resolve, 6 * i))
        await endless.terminate()
      }
      const after = await engine.generate(prompt, { maxTokens: 8 })
      await engine.close()
      console.log(JSON.stringify(after.tokens))
    `)
    expect(given).toEqual(tokens)
  })
})
