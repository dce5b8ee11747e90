import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestKernel } from './session.js'

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start({}, { realApi: true })
  const { reply } = await kernel.run(
    'const problems = await nir.problems("embedded", { limit: 20 })\n' +
      'const prompt = nir.prompt(problems[0]!)\nlet ended: any\n' +
      'await nir.generate(prompt, { maxTokens: 4 })',
  )
  expect(reply['traceback'] ?? []).toEqual([])
})
afterAll(() => kernel.stop())

describe('an error of nir', () => {
  it('is told at the line of the cell', async () => {
    const { reply } = await kernel.run(
      '// wrong\nawait nir.generate(prompt, { injections: [{ crv: {} as any, layer: 2 }] })',
    )
    expect(reply['evalue']).toContain('The CRV is {}; expected a Crv.')
    const traceback = (reply['traceback'] as string[]).join('\n')
    expect(traceback).toContain('> 2 | await nir.generate')
    expect(traceback).not.toContain('dist/')
  })
})

// What a cell that uses the session is given to put things away is 3 s; nothing of nir may need it.
const WITHIN_MS = 2500

describe('an interrupt, with the embedded model', () => {
  it.each([
    [
      'a generation',
      'for (;;) await nir.generate(prompt, { maxTokens: 500, onToken: () => console.log("ready") })',
    ],
    [
      'generations together',
      'console.log("ready"); for (;;) await Promise.all([1, 2, 3].map(() => nir.generate(prompt)))',
    ],
    ['thinking', 'console.log("ready"); for (;;) await nir.think(problems[1]!)'],
    [
      'captures',
      'console.log("ready"); for (;;) await nir.capture("def f(x):\\n    return x\\n".repeat(60))',
    ],
  ])('ends %s, after which the session answers', async (_, code) => {
    const { reply, milliseconds } = await kernel.interrupted(code)
    expect(reply['ename']).toBe('CellInterrupted')
    expect(milliseconds).toBeLessThan(WITHIN_MS)
    expect((await kernel.run('(await nir.generate(prompt, { maxTokens: 4 })).tokens.length')).result).toBe(
      '4',
    )
  })

  it('ends a sweep and keeps what is finished', async () => {
    const { reply, milliseconds } = await kernel.interrupted(
      'const options = { problems, layers: "all" as const, onProgress: () => console.log("ready") }\n' +
        'try { for (;;) await nir.sweep(options) } catch (error) { ended = error; throw error }',
    )
    expect(reply['ename']).toBe('AbortError')
    expect(milliseconds).toBeLessThan(WITHIN_MS)
    const finished = await kernel.run(
      '[ended.code, ended.sweep.records.length > 0, ended.sweep.records.length % 13]',
    )
    expect(finished.result).toBe("[ 'SWEEP_ABORTED', true, 0 ]")
    const next = await kernel.run(
      '(await nir.sweep({ problems: problems.slice(0, 1), layers: [0, "original"] })).records.length',
    )
    expect(next.result).toBe('2')
  })

  it('ends an evaluation of programs that run', async () => {
    await kernel.run('import { createEvaluator } from "nir-lab"\nconst evaluator = await createEvaluator()')
    const { reply } = await kernel.interrupted(
      'console.log("ready"); await evaluator.run([{ code: "def f():\\n    while True: pass", tests: ["f()"] }], { cpuSeconds: 30 }); await new Promise(() => {})',
    )
    expect(reply['ename']).toBe('CellInterrupted')
    expect((await kernel.run('await evaluator.close(); 1')).result).toBe('1')
  })
})
