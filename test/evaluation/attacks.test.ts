import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  A_PASS_NOT_EARNED,
  breach,
  DOUBLING,
  REACHING_THE_HOST,
  USING_UP_THE_MACHINE,
} from '../../bench/lib/attacks.js'
import { createEvaluator, type Evaluator } from '../../src/evaluation/index.js'
import { needsSandbox } from './helpers/requirements.js'

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator()
})
afterAll(() => evaluator.close())
beforeEach((context) => needsSandbox(context, evaluator))

const LIMITS = { cpuSeconds: 1, wallSeconds: 2 }

/** Runs an attack between honest programs: it must not pass, they must. */
async function attack(code: string, tests: readonly string[] = DOUBLING) {
  const honest = { code: 'def f(x):\n    return 2 * x', tests: DOUBLING }
  const results = await evaluator.run([honest, { code, tests }, honest, honest, honest], LIMITS)
  expect(results.filter((_, index) => index !== 1).map(({ outcome }) => outcome)).toEqual(
    Array(4).fill('passed'),
  )
  expect(results[1]!.passed, JSON.stringify(results[1])).toBe(false)
  return results[1]!
}

describe('reaching the host', () => {
  test.each(REACHING_THE_HOST)('$name', async ({ code, tests }) => {
    const result = await attack(code, tests)
    expect(['exception', 'crashed', 'timeout']).toContain(result.outcome)
  })

  test('connects to a server of this machine', async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked += 1
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await attack(breach(`import socket\nsocket.create_connection(("127.0.0.1", ${port}), 1)`))
    server.close()
    expect(asked).toBe(0)
  })

  test('sees a file of the host', async () => {
    const file = join(tmpdir(), `nir-attack-${process.pid}`)
    writeFileSync(file, 'secret')
    await attack(breach(`open(${JSON.stringify(file)}).read()`))
    rmSync(file)
  })

  test('runs a shell that leaves a file', async () => {
    const file = join(tmpdir(), `nir-attack-shell-${process.pid}`)
    await attack(`import os\nos.system("echo x > ${file}")\ndef f(x):\n    return 0`)
    expect(existsSync(file)).toBe(false)
  })
})

describe('using up the machine', () => {
  test.each(USING_UP_THE_MACHINE)('$name', async ({ code, tests }) => {
    const result = await attack(code, tests)
    expect(result.outcome).not.toBe('no function')
    expect(result.wallSeconds).toBeLessThan(12)
  })
})

describe('a pass that is not earned', () => {
  test.each(A_PASS_NOT_EARNED)('$name', async ({ code, tests }) => {
    const result = await attack(code, tests)
    const outcomes = ['failed', 'exception', 'crashed', 'timeout', 'memory', 'no function']
    expect(outcomes).toContain(result.outcome)
  })
})

test('a process left behind does not outlive its program', async () => {
  const daemon =
    'import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n    os._exit(0)\ndef f(x):\n    return 2 * x'
  const look =
    'import os\ndef f(x):\n    alive = 0\n    for pid in range(2, 60000):\n        try:\n            os.kill(pid, 0)\n            alive += 1\n        except OSError:\n            pass\n    return alive'
  const single = await createEvaluator({ sandbox: { workers: 1 } })
  const results = await single.run([
    { code: daemon, tests: DOUBLING },
    { code: look, tests: ['assert f(0) == 2'] },
  ])
  await single.close()
  expect(results.map(({ outcome, message }) => [outcome, message])).toEqual([
    ['passed', null],
    ['passed', null],
  ])
})

test('an attack that ends the sandbox does not end the pool', async () => {
  const results = await evaluator.run(
    Array.from({ length: 12 }, (_, index) =>
      index % 2
        ? { code: 'def f(x):\n    return 2 * x', tests: DOUBLING }
        : { code: 'import os, signal\nos.kill(-1, signal.SIGKILL)', tests: DOUBLING },
    ),
    LIMITS,
  )
  expect(results.map(({ passed }) => passed)).toEqual(results.map((_, index) => index % 2 === 1))
})

test('docs/attacks.md has every attack, and none that passed or cost another its result', () => {
  const page = readFileSync(new URL('../../docs/attacks.md', import.meta.url), 'utf8')
  const attacks = [REACHING_THE_HOST, USING_UP_THE_MACHINE, A_PASS_NOT_EARNED].flat()
  const rows = page.split('\n').filter((line) => /^\| .* of 4 \|$/.test(line))
  expect(rows.map((row) => row.slice(2).split(' | ')[0])).toEqual(
    attacks.map(({ name }) => name.replaceAll('\n', ' ')),
  )
  for (const row of rows) expect(row).toMatch(/ 4 of 4 \|$/)
  for (const row of rows) expect(row.split(' | ')[1]).not.toBe('passed')
})
