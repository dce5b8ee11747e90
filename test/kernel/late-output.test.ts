import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestKernel } from './session.js'

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start()
})
afterAll(() => kernel.stop())

/** Runs a cell that starts something and ends, then one during which it happens: what each shows, in order. */
async function after(starting: string): Promise<{ first: string; second: string }> {
  const shown = { first: '', second: '' }
  const into = (which: keyof typeof shown) => (type: string, content: Record<string, unknown>) => {
    if (type === 'stream') shown[which] += String(content['text'])
    if (type === 'display_data') shown[which] += String((content['data'] as object)['text/plain' as never])
  }
  await kernel.run(`${starting}; undefined`, into('first'))
  await kernel.run('await new Promise((r) => setTimeout(r, 400)); console.log("second")', into('second'))
  return shown
}

describe('what a cell started', () => {
  it.each([
    ['a timer', 'setTimeout(() => console.log("late"), 150)'],
    ['a timer of a timer', 'setTimeout(() => setTimeout(() => console.log("late"), 75), 75)'],
    ['what a timer schedules', 'setTimeout(() => queueMicrotask(() => console.log("late")), 150)'],
    ['the next tick of a timer', 'setTimeout(() => process.nextTick(() => console.log("late")), 150)'],
    ['an immediate of a timer', 'setTimeout(() => setImmediate(() => console.log("late")), 150)'],
    [
      'an interval',
      'const ticking = setInterval(() => { clearInterval(ticking); console.log("late") }, 150)',
    ],
    [
      'an async function',
      'void (async () => { await new Promise((r) => setTimeout(r, 150)); console.log("late") })()',
    ],
    [
      'a function of an earlier cell',
      'async function later() { await new Promise((r) => setTimeout(r, 150)); console.log("late") }\nvoid later()',
    ],
    [
      'an async function that catches',
      'void (async () => { try { await new Promise((_, no) => setTimeout(no, 150)) } catch { console.log("late") } })()',
    ],
    [
      'an async function in the end',
      'void (async () => { try { await new Promise((_, no) => setTimeout(no, 150)) } finally { console.log("late") } })().catch(() => 0)',
    ],
    [
      'a for await',
      'void (async () => { for await (const text of [new Promise((r) => setTimeout(r, 150, "late"))]) console.log(text) })()',
    ],
    [
      'an optional call',
      'const maybe = new Promise<void>((r) => setTimeout(r, 150)) as Promise<void> | undefined\nvoid maybe?.then(() => console.log("late"))',
    ],
    ['a promise', 'void new Promise<void>((r) => setTimeout(r, 150)).then(() => console.log("late"))'],
    [
      'an emitter',
      'import { EventEmitter } from "node:events"\nconst emitter = new EventEmitter()\nemitter.on("x", () => console.log("late"))\nsetTimeout(() => emitter.emit("x"), 150)',
    ],
    [
      'a child process',
      'import { spawn } from "node:child_process"\nspawn("sh", ["-c", "sleep 0.2; echo late"]).stdout.on("data", (text) => process.stdout.write(text))',
    ],
    ['a command of sh', 'void sh`sleep 0.2; echo late`'],
    ['a direct write', 'setTimeout(() => process.stdout.write("late\\n"), 150)'],
    ['a display', 'setTimeout(() => display({ "text/plain": "late\\n" }), 150)'],
  ])('shows under it: %s', async (_, starting) => {
    expect(await after(starting)).toEqual({ first: 'late\n', second: 'second\n' })
  })

  it.each([
    ['a timer', 'setTimeout(() => { throw new Error("late") }, 150)'],
    ['a timer that throws no error', 'setTimeout(() => { throw "late" }, 150)'],
    [
      'an async function',
      'void (async () => { await new Promise((r) => setTimeout(r, 150)); throw new Error("late") })()',
    ],
    ['a rejection', 'setTimeout(() => void Promise.reject(new Error("late")), 150)'],
  ])('fails under it: %s', async (_, starting) => {
    const { first, second } = await after(starting)
    expect(first).toContain('late')
    expect(second).toBe('second\n')
  })

  it('shows under it while no cell runs', async () => {
    let shown = ''
    const late = new Promise<void>((resolve) => {
      void kernel.run('setTimeout(() => console.log("late"), 150); undefined', (_, content) => {
        shown += String(content['text'] ?? '')
        if (shown.includes('late')) resolve()
      })
    })
    await kernel.run('undefined')
    await late
    expect(shown).toBe('late\n')
  })

  it('shows under the running cell what an earlier function prints for it', async () => {
    await kernel.run('async function say() { await null; console.log("said") }')
    expect((await kernel.run('await say()')).stdout).toBe('said\n')
  })

  it('shows nothing under it that the running cell prints between', async () => {
    await kernel.run(
      'import { EventEmitter } from "node:events"\nconst bus = new EventEmitter()\nbus.on("x", () => 0)\n' +
        'const busy = setInterval(async () => { await null; bus.emit("x") }, 1); undefined',
    )
    // Given by name, so that nothing carries whose it is.
    const code =
      'const print = () => console.log("mine")\nfor (let i = 0; i < 50; i++) await new Promise<void>((r) => setTimeout(r, 2)).then(print)\nclearInterval(busy)'
    expect((await kernel.run(code)).stdout).toBe('mine\n'.repeat(50))
  })

  it('leaves timers as they are', async () => {
    const code =
      'import { promisify } from "node:util"\nconst value = await promisify(setTimeout)(1, "v")\nconst timer = setTimeout(() => 0, 1)\n' +
      'const kinds = [value, timer.hasRef(), setTimeout.name]\nlet given: unknown\n' +
      'await new Promise<void>((r) => setTimeout((a: number, b: number) => { given = [a, b]; r() }, 1, 1, 2))\n;[...kinds, given]'
    expect((await kernel.run(code)).result).toBe("[ 'v', true, 'setTimeout', [ 1, 2 ] ]")
  })
})
