import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { built } from './built.js'
import { TestKernel } from './session.js'

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('the process', () => {
  it('ends when its parent dies, even in a loop', async () => {
    const client = pathToFileURL(join(built(), 'kernel/client/kernel-client.js')).href
    const script = `
      const { KernelClient } = await import(${JSON.stringify(client)})
      const kernel = await KernelClient.start({ cwd: process.cwd() })
      kernel.execute('for (;;) {}')
      console.log(kernel.process.pid)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (chunk) => resolve(Number(String(chunk))))
    })
    await wait(500)
    parent.kill('SIGKILL')
    const deadline = Date.now() + 8000
    while (isAlive(pid) && Date.now() < deadline) await wait(100)
    expect(isAlive(pid)).toBe(false)
  })

  it('leaves nothing that keeps its starter where it cannot start', async () => {
    const client = pathToFileURL(join(built(), 'kernel/client/kernel-client.js')).href
    const script = `
      const { KernelClient } = await import(${JSON.stringify(client)})
      await KernelClient.start({ cwd: process.cwd(), args: ['--unknown'] }).catch((error) => console.log(error.name))`
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let printed = ''
    starter.stdout.on('data', (chunk) => (printed += String(chunk)))
    const stuck = setTimeout(() => starter.kill('SIGKILL'), 15_000)
    const code = await new Promise((resolve) => starter.once('close', resolve))
    clearTimeout(stuck)
    expect({ printed, code }).toEqual({ printed: 'KernelDied\n', code: 0 })
  })

  it('ends with the code that a cell exits with, and what it printed before arrives', async () => {
    const other = await TestKernel.start()
    const heard: unknown[] = []
    const running = other.client.execute('console.log("bye"); process.exit(3)', (_, content) =>
      heard.push(content['text']),
    )
    await expect(running).rejects.toThrow('The kernel ended with code 3.')
    await wait(100)
    expect(heard).toContain('bye\n')
    await other.stop()
  })

  it.each([
    ['a timer runs', 'setInterval(() => undefined, 1000)'],
    ['a loop runs', 'console.log("ready"); for (;;) {}'],
    [
      'a loop that catches everything runs',
      'console.log("ready"); for (;;) { try { for (;;) {} } catch {} }',
    ],
    ['a cell waits for ever', 'console.log("ready"); await new Promise(() => {})'],
    ['a handler of its exit loops', 'process.on("exit", () => { for (;;) {} })'],
    ['a handler of its exit throws', 'process.on("exit", () => { throw new Error("no") })'],
    ['process.exit does nothing', 'process.exit = (() => undefined) as never'],
    [
      'native work is under way',
      'import { pbkdf2 } from "node:crypto"\npbkdf2("a", "b", 2 ** 31 - 1, 64, "sha512", () => undefined)',
    ],
    [
      'a child process holds its output',
      'import { spawn } from "node:child_process"\nspawn("sleep", ["300"], { stdio: "inherit" })',
    ],
  ])('ends on shutdown although %s', async (_, code) => {
    const kernel = await TestKernel.start()
    await kernel.run('1')
    const started = new Promise<void>((resolve) => {
      const running = kernel.run(code, (type) => type === 'stream' && resolve())
      void running.then(
        () => resolve(),
        () => resolve(),
      )
    })
    await started
    const begun = Date.now()
    // Far more than the kernel takes, after which the client would kill it.
    await kernel.client.shutdown(20_000)
    expect(Date.now() - begun).toBeLessThan(15_000)
    expect(isAlive(kernel.client.process.pid!)).toBe(false)
    await kernel.stop()
  })

  it('takes commands of sh along where it is ended by force', async () => {
    const kernel = await TestKernel.start()
    const { result } = await kernel.run(
      'process.exit = (() => undefined) as never\n' +
        'import { readFileSync } from "node:fs"\n' +
        'void sh`echo $$ > pid; mv pid pid.txt; sleep 300; echo`.catch(() => undefined)\n' +
        'await sh`until [ -e pid.txt ]; do sleep 0.05; done`\n' +
        'Number(readFileSync("pid.txt", "utf8"))',
    )
    const pid = Number(result)
    expect(isAlive(pid)).toBe(true)
    await kernel.client.shutdown(20_000)
    await until(() => !isAlive(pid))
    await kernel.stop()
  })

  it('takes its children along, but not those that are detached', async () => {
    const kernel = await TestKernel.start()
    const { result } = await kernel.run(
      'import { spawn } from "node:child_process"\n' +
        'const options = { stdio: "ignore" } as const\n' +
        '[spawn("sleep", ["300"], options).pid, spawn("sleep", ["300"], { ...options, detached: true }).pid]',
    )
    const [attached, detached] = JSON.parse(result!) as [number, number]
    expect([isAlive(attached), isAlive(detached)]).toEqual([true, true])
    await kernel.stop()
    await until(() => !isAlive(attached))
    expect(isAlive(detached)).toBe(true)
    process.kill(detached)
  })
})

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!holds() && Date.now() < deadline) await wait(50)
  expect(holds()).toBe(true)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
