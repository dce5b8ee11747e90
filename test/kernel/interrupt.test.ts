import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestKernel } from './session.js'

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start()
  await kernel.run('let kept = 0')
})
afterAll(() => kernel.stop())

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Runs a cell and interrupts it when the kernel has taken it, before it is compiled. */
const interruptedAtOnce = (code: string) =>
  kernel.run(code, (type) => {
    if (type === 'execute_input') void kernel.client.interrupt()
  })

describe('interrupt', () => {
  it.each([
    ['a loop', 'for (;;) {}'],
    ['a loop after an await', 'await new Promise((r) => setTimeout(r, 5)); for (;;) {}'],
    ['a wait without end', 'await new Promise(() => {})'],
    ['a loop of waits', 'for (;;) await new Promise((r) => setTimeout(r, 5))'],
    ['a loop of microtasks', 'for (;;) await null'],
    ['a loop in a timer', 'setInterval(() => { for (;;) {} }, 1); await new Promise(() => {})'],
    ['a loop that prints', 'for (;;) console.log("x")'],
    [
      'a stream without end',
      'async function* all() { for (;;) { await null; yield 1 } } for await (const x of all()) {}',
    ],
  ])('ends %s and keeps the state', async (_, code) => {
    const running = kernel.run(code)
    await wait(400)
    const asked = Date.now()
    await kernel.client.interrupt()
    const { reply } = await running
    expect(reply).toMatchObject({ status: 'error', ename: 'CellInterrupted' })
    expect(Date.now() - asked).toBeLessThan(3000)
    const before = Number((await kernel.run('kept')).result)
    expect((await kernel.run('++kept')).result).toBe(String(before + 1))
  })

  it('ends a cell whose code is still being compiled', async () => {
    const slow = `${Array.from({ length: 400 }, (_, i) => `const v${i} = [${i}].map((x) => ({ x }))`).join('\n')}\nfor (;;) {}`
    expect((await interruptedAtOnce(slow)).reply['ename']).toBe('CellInterrupted')
  })

  it('keeps the files that it imports', async () => {
    writeFileSync(join(kernel.folder, 'kept-file.ts'), 'export const inFile = 7')
    const values = Array.from({ length: 400 }, (_, i) => `const k${i} = [${i}].map((x) => ({ x }))`)
    const slow = `import { inFile } from "./kept-file"\n${values.join('\n')}\nfor (;;) inFile`
    expect((await interruptedAtOnce(slow)).reply['ename']).toBe('CellInterrupted')
    expect((await kernel.run('import { inFile } from "./kept-file"\ninFile')).result).toBe('7')
  })

  it('ends a cell that waits for what it displays, which later cells do not wait for', async () => {
    const endless = '{ [Symbol.for("Jupyter.display")]: () => new Promise(() => {}) }'
    const { reply } = await kernel.interrupted(`console.log("ready"); display(${endless}); undefined`)
    expect(reply['ename']).toBe('CellInterrupted')
    const { reply: next, messages } = await kernel.run('display({ "text/plain": "shown" }); undefined')
    expect(next['status']).toBe('ok')
    expect(messages.some(({ type }) => type === 'display_data')).toBe(true)
  })

  it('does not give time() the grace of a session', async () => {
    const { reply, milliseconds } = await kernel.interrupted(
      'console.log("ready"); await time(() => new Promise(() => {}))',
    )
    expect(reply['ename']).toBe('CellInterrupted')
    expect(milliseconds).toBeLessThan(2500)
  })

  it('gives a session time to put things away', async () => {
    const { reply } = await kernel.interrupted('console.log("ready"); await nir.untilAborted()')
    expect(reply['evalue']).toBe('put away in time')
  })

  it('ends a loop in a callback of the session, which answers afterwards', async () => {
    const { reply } = await kernel.interrupted(
      'await nir.generate({ onToken: () => { console.log("ready"); for (;;) {} } })',
    )
    expect(reply['ename']).toBe('CellInterrupted')
    expect(String(reply['traceback'])).toMatch(/In\[\d+\]:1:/)
    expect((await kernel.run('await nir.generate({ onToken: () => undefined })')).result).toBe("'text'")
  })

  it('runs the finally blocks of a loop, loops in them too', async () => {
    const { stdout } = await kernel.interrupted(
      'try { console.log("ready"); for (;;) {} } finally { for (const x of [1, 2]) console.log("put away", x) }',
    )
    expect(stdout).toBe('ready\nput away 1\nput away 2\n')
  })

  it('ends many cells in a row', { timeout: 60_000 }, async () => {
    await kernel.run('let rounds = 0')
    const cells = ['for (;;) {}', 'await new Promise(() => {})', 'for (;;) JSON.parse("[1]")']
    for (let at = 0; at < 12; at++) {
      const running = kernel.run(cells[at % cells.length]!)
      await wait(100)
      await kernel.client.interrupt()
      expect((await running).reply['ename']).toBe('CellInterrupted')
      expect((await kernel.run('++rounds')).result).toBe(String(at + 1))
    }
  })

  it('ends background loops of earlier cells at their next await', async () => {
    await kernel.run(
      'let ticks = 0; void (async () => { for (;;) { ticks++; await new Promise((r) => setTimeout(r, 5)) } })()',
    )
    const running = kernel.run('await new Promise(() => {})')
    await wait(200)
    await kernel.client.interrupt()
    await running
    const after = (await kernel.run('await new Promise((r) => setTimeout(r, 60)); ticks')).result
    const later = await kernel.run('await new Promise((r) => setTimeout(r, 60)); ticks')
    expect(later).toMatchObject({ result: after, stderr: '' })
  })

  it('does nothing to an idle kernel, and survives many at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => kernel.client.interrupt()))
    expect((await kernel.run('1 + 1')).result).toBe('2')
  })
})
