import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEvaluator, EvaluationOptionError, EvaluatorClosedError } from '../../src/evaluation/index.js'
import { measure } from '../../src/evaluation/measure.js'
import { findParser } from '../../src/evaluation/python/find.js'
import { NirError } from '../../src/errors.js'

const F = 'def f(x):\n    return x'
const PATH = process.env['PATH']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nir-path-'))
})
afterEach(() => {
  process.env['PATH'] = PATH
  rmSync(folder, { recursive: true })
})

/** A PATH with only these commands in it, each where this machine has it. */
function onlyCommands(...commands: string[]): void {
  for (const command of commands) {
    const found = PATH!.split(delimiter).map((place) => join(place, command))
    symlinkSync(found.find(existsSync)!, join(folder, command))
  }
  process.env['PATH'] = folder
}

describe('what a machine lacks', () => {
  test('without bubblewrap nothing is run, and the reason says what to install', async () => {
    onlyCommands('python3')
    const evaluator = await createEvaluator()
    expect(evaluator.capabilities).toMatchObject({ parser: 'cpython', sandbox: false })
    expect(evaluator.capabilities.reasons.join()).toMatch(
      /bubblewrap is not installed: apt-get install bubblewrap/,
    )
    expect(await evaluator.run([{ code: F, tests: ['assert f(1) == 1'] }])).toEqual([
      { outcome: null, passed: null, challengePassed: null, message: null, cpuSeconds: null, wallSeconds: 0 },
    ])
    await evaluator.close()
  })

  test('a bubblewrap that does not start is found out, with what it said', async () => {
    onlyCommands('python3', 'setpriv')
    symlinkSync('/bin/false', join(folder, 'bwrap'))
    const evaluator = await createEvaluator()
    expect(evaluator.capabilities.sandbox).toBe(false)
    expect(evaluator.capabilities.reasons.join()).toMatch(/does not start here/)
    await evaluator.close()
  })

  test('programs run without a sandbox only where that was asked for', async () => {
    onlyCommands('python3')
    const evaluator = await createEvaluator({ allowUnsandboxedExecution: true })
    expect(evaluator.capabilities.sandbox).toBe(false)
    expect(evaluator.capabilities.reasons.join()).toMatch(/WITHOUT a sandbox/)
    const results = await evaluator.run([
      { code: F, tests: ['assert f(1) == 1'] },
      { code: F, tests: ['assert f(1) == 2'] },
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
    await evaluator.close()
  })

  test('without Python the text is still measured, as far as that goes', async () => {
    const noPyodide = () => Promise.reject(new Error('not installed'))
    const { parser, reasons } = await findParser(['no-such-python'], noPyodide)
    expect(reasons.join()).toMatch(/No python3 on PATH.*Install Python/)
    const item = { text: `Here:\n\`\`\`\n${F}\n\`\`\``, tests: ['assert f(1) == 1'] }
    const [measured] = await measure([item], { definitions: 'thesis', radon: '5.1', parser: null })
    expect(parser).toBeNull()
    expect(measured).toMatchObject({ functions: [F], code: F, parses: null, syntaxError: null })
    expect(measured!.metrics).toMatchObject({
      lines: 2,
      function_name_consistency: 1,
      syntactic_correctness: null,
      cyclomatic_complexity: null,
      ast_nodes: null,
    })
  })
})

describe('use', () => {
  test('the sandbox can be switched off', async () => {
    const evaluator = await createEvaluator({ sandbox: false, allowUnsandboxedExecution: true })
    expect((await evaluator.run([{ code: F, tests: ['assert f(1) == 1'] }]))[0]!.outcome).toBeNull()
    await evaluator.close()
  })

  test('after close it says so', async () => {
    const evaluator = await createEvaluator({ sandbox: false })
    await evaluator.close()
    await evaluator.close()
    await expect(evaluator.measure([{ text: F }])).rejects.toThrow(EvaluatorClosedError)
    await expect(evaluator.run([])).rejects.toThrow(EvaluatorClosedError)
  })

  test('what is under way at close is rejected, and nothing is left running', async () => {
    const evaluator = await createEvaluator()
    const programs = Array.from({ length: 6 }, () => ({ code: 'while True: pass', tests: ['assert f(1)'] }))
    const running = evaluator.run(programs)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const measuring = evaluator.measure(
      Array.from({ length: 500 }, (_, index) => ({ text: `${F} + ${index}` })),
    )
    const settled = Promise.allSettled([running, measuring])
    await new Promise((resolve) => setImmediate(resolve))
    await evaluator.close()
    for (const result of await settled)
      expect(result).toMatchObject({
        status: 'rejected',
        reason: expect.any(EvaluatorClosedError) as unknown,
      })
  })

  test('options with unknown values are refused', async () => {
    const error = await createEvaluator({ definitions: 'radon' as 'standard' }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(EvaluationOptionError)
    expect(error).toBeInstanceOf(NirError)
    expect((error as Error).message).toContain(`definitions is "radon"; expected 'thesis' or 'standard'.`)
    await expect(createEvaluator({ sandbox: { workers: 0 } })).rejects.toThrow(/workers is 0/)
  })

  test('limits with unusable values are refused', async () => {
    const evaluator = await createEvaluator()
    const program = { code: F, tests: ['assert f(1) == 1'] }
    for (const limits of [{ cpuSeconds: 0 }, { wallSeconds: NaN }, { memoryBytes: -1 }])
      await expect(evaluator.run([program], limits)).rejects.toThrow(EvaluationOptionError)
    await evaluator.close()
  })

  test('a reference stands in for tests', async () => {
    const evaluator = await createEvaluator({ sandbox: false })
    const measured = await evaluator.measure([
      { text: F, reference: 'def f(y): ...' },
      { text: F, reference: 'def zeta(y): ...' },
    ])
    expect(measured.map(({ metrics }) => metrics['function_name_consistency'])).toEqual([1, 0])
    await evaluator.close()
  })

  test('many calls at a time', async () => {
    const evaluator = await createEvaluator({ sandbox: false })
    const texts = Array.from({ length: 50 }, (_, index) => `def f${index}(x):\n    return x`)
    const measured = await Promise.all(texts.map((text) => evaluator.measure([{ text }])))
    expect(measured.map(([one]) => one!.code)).toEqual(texts)
    await evaluator.close()
  })
})
