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

  it('lives on where a cell, or a timer of one, calls process.exit', async () => {
    const kernel = await TestKernel.start()
    const { reply, stdout } = await kernel.run('const kept = 1\nconsole.log("bye")\nprocess.exit(3)')
    expect(stdout).toBe('bye\n')
    expect(reply).toMatchObject({ status: 'error', ename: 'ExitRefused' })
    const traceback = (reply['traceback'] as string[]).join('\n')
    for (const part of ['process.exit(3)', 'Kernel > Restart', '> 3 |']) expect(traceback).toContain(part)
    const later = 'setTimeout(() => process.exit(), 10); await new Promise((r) => setTimeout(r, 100))'
    expect((await kernel.run(later)).stderr).toContain('process.exit()')
    expect((await kernel.run('kept')).result).toBe('1')
    await kernel.stop()
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
    ['a handler of its exit exits', 'process.on("exit", () => process.exit(4))'],
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
      'import { readFileSync } from "node:fs"\n' +
        'void sh`echo $$ > pid; mv pid pid.txt; sleep 300; echo`.catch(() => undefined)\n' +
        'await sh`until [ -e pid.txt ]; do sleep 0.05; done`\n' +
        'Number(readFileSync("pid.txt", "utf8"))',
    )
    const pid = Number(result)
    expect(isAlive(pid)).toBe(true)
    await loopForEver(kernel)
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

/** Begins a cell that cannot be interrupted. */
async function loopForEver(kernel: TestKernel): Promise<void> {
  await new Promise<void>((resolve) => {
    kernel
      .run('console.log("ready"); for (;;) { try { for (;;) {} } catch {} }', () => resolve())
      .catch(() => undefined)
  })
}

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
