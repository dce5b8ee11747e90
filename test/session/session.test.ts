import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createSession,
  loadCrvs,
  referenceContexts,
  SweepEndedError,
  type Problem,
  type Session,
  type Sweep,
} from '../../src/index.js'

let nir: Session
let problems: Problem[]

beforeAll(async () => {
  nir = await createSession({ gpu: false })
  problems = await nir.problems('embedded', { limit: 4 })
})
afterAll(() => nir.close())
afterEach(() => {
  vi.restoreAllMocks()
})

/** Makes every look at the clock a second and a half later: what is quick is shown in the cell, too. */
function slowDown(): void {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1500))
}

describe('think', () => {
  it('gives the sections that the thesis asks for, and their context text', async () => {
    const thinking = await nir.think(problems[0]!)
    expect(thinking.sections.solution).toContain('def ')
    expect(thinking.context).toBe(
      `Proposed solution context: ${thinking.sections.context}\n${thinking.sections.solution}`,
    )
    expect(thinking.tokens.length).toBeGreaterThan(20)
  })
})

describe('sweep', () => {
  let sweep: Sweep

  beforeAll(async () => {
    sweep = await nir.sweep({ problems, layers: ['original', 0, 3, 11] })
  })

  it('gives a record for every problem and depth, all measured', () => {
    expect(sweep.records).toHaveLength(16)
    expect(new Set(sweep.records.map((record) => record.arm))).toEqual(
      new Set(['original', 'layer 0', 'layer 3', 'layer 11']),
    )
    for (const record of sweep.records) {
      expect(record.metrics).toHaveProperty('cyclomatic_complexity')
      expect(record.metrics).toHaveProperty('ast_nodes')
      expect(typeof record.responds).toBe('boolean')
    }
  })

  it('shares one context among the arms of a problem', () => {
    for (const { task_id } of problems) {
      const ofProblem = sweep.records.filter((record) => record.taskId === task_id)
      expect(new Set(ofProblem.map((record) => record.context)).size).toBe(1)
      for (const record of ofProblem) expect(record.contextTokenCount > 0).toBe(record.layer !== null)
    }
  })

  it('is the same when it is run again, and in another order', async () => {
    const again = await nir.sweep({ problems: [...problems].reverse(), layers: [11, 0, 'original', 3] })
    const byKey = (s: Sweep) => new Map(s.records.map((record) => [`${record.taskId} ${record.arm}`, record]))
    const first = byKey(sweep)
    for (const [key, record] of byKey(again)) {
      const { meanLogProbability, meanEntropy, ...rest } = first.get(key)!
      expect(record).toMatchObject(rest)
      // Their last digits depend on what was decoded beside them.
      expect(record.meanLogProbability).toBeCloseTo(meanLogProbability!, 2)
      expect(record.meanEntropy).toBeCloseTo(meanEntropy!, 2)
    }
  })

  it("equals generating by hand, so that a sweep's arms can be looked into", async () => {
    const problem = problems[1]!
    const { context } = await nir.think(problem)
    const crv = await nir.capture(context)
    const generation = await nir.generate(nir.prompt(problem), {
      injections: [{ crv, layer: 3 }],
      stop: ['```'],
    })
    const record = sweep.records.find(({ taskId, arm }) => taskId === problem.task_id && arm === 'layer 3')
    expect(record!.text).toBe(generation.text)
  })

  it('becomes frames, tables and charts', () => {
    expect(sweep.frame().shape[0]).toBe(16)
    expect(sweep.table('code_quality').arms).toEqual(['layer 0', 'layer 3', 'layer 11', 'original'])
    expect(sweep.chart('lines').data.length).toBeGreaterThan(0)
    expect(sweep.heatmap('lines').data.length).toBeGreaterThan(0)
  })

  it('tells how far it is', async () => {
    const seen: string[] = []
    await nir.sweep({
      problems: problems.slice(0, 2),
      layers: [2],
      onProgress: ({ done, total, generations }) => seen.push(`${done}/${total} ${generations}`),
    })
    expect(seen).toEqual(['1/2 1', '2/2 2'])
  })

  it('shows its depth curve in the running cell as it grows', async () => {
    const surroundings = globalThis as unknown as Record<symbol, unknown>
    const display = Symbol.for('nir.display')
    const shown: Record<string, string>[] = []
    surroundings[display] = (bundle: Record<string, string>) => {
      shown.push(bundle)
      return { update: (next: Record<string, string>) => shown.push(next) }
    }
    slowDown()
    try {
      await nir.sweep({ problems, layers: ['original', 0, 3] })
    } finally {
      Reflect.deleteProperty(surroundings, display)
    }
    expect(shown.length).toBeLessThanOrEqual(problems.length)
    expect(shown.at(-1)!['text/plain']).toMatch(/^█{16} 4\/4 problems · /)
    expect(shown.at(-1)!['text/html']!.match(/<circle/g)).toHaveLength(2)
  })

  it('samples differ, and follow from the seed', async () => {
    const sampled = { problems: problems.slice(0, 1), layers: [3], samples: 2, temperature: 1, seed: 12 }
    const a = await nir.sweep(sampled)
    const b = await nir.sweep(sampled)
    expect(a.records.map((record) => record.text)).toEqual(b.records.map((record) => record.text))
    expect(a.records[0]!.context).not.toBe(a.records[1]!.context)
  })
})

describe('capturing', () => {
  it('many texts to a file shows how far it is in the running cell, and stops with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nir-session-'))
    const path = join(folder, 'problems.safetensors')
    const surroundings = globalThis as unknown as Record<symbol, unknown>
    const [display, signal] = [Symbol.for('nir.display'), Symbol.for('nir.signal')]
    const controller = new AbortController()
    const shown: string[] = []
    const show = (bundle: unknown) => shown.push((bundle as Record<string, string>)['text/plain']!)
    surroundings[display] = (bundle: unknown) => {
      show(bundle)
      return { update: show }
    }
    surroundings[signal] = controller.signal
    slowDown()
    try {
      const texts = Object.fromEntries(problems.map((problem) => [`${problem.task_id}`, problem.text]))
      const { names } = await nir.captureTo(path, texts, { layers: [6] })
      expect(shown.at(-1)).toMatch(/^█{16} 4\/4 texts · \d+ tokens\/s · [\d.]+ s$/)
      const file = await loadCrvs(path)
      expect(file.names).toEqual(names)
      expect((await file.read(names[0]!)).tokens).toEqual(nir.tokenize(texts[names[0]!]!))
      await file.close()
      const stopped = nir.captureTo(join(folder, 'stopped'), texts)
      controller.abort(new Error('cell'))
      await expect(stopped).rejects.toThrow('cell')
      expect(readdirSync(folder)).toEqual(['problems.safetensors'])
    } finally {
      Reflect.deleteProperty(surroundings, display)
      Reflect.deleteProperty(surroundings, signal)
      rmSync(folder, { recursive: true })
    }
  })

  it('sees through the logit lens what each layer would say next', async () => {
    const crv = await nir.capture('def add(a, b):', { layers: [0, 11] })
    const logits = await nir.logitLens(crv, 11)
    expect(logits).toHaveLength(crv.tokenCount * nir.model.vocabularySize)
    expect(logits.every(Number.isFinite)).toBe(true)
    await expect(nir.logitLens(crv, 5)).rejects.toMatchObject({ code: 'LAYER_NOT_CAPTURED' })
  })
})

describe('cancelling', () => {
  it('a sweep stops within a second, keeps what is finished, and leaves the session usable', async () => {
    const controller = new AbortController()
    let abortedAt = 0
    const error = await nir
      .sweep({
        problems,
        signal: controller.signal,
        onProgress: () => {
          if (abortedAt !== 0) return
          setTimeout(() => {
            abortedAt = performance.now()
            controller.abort()
          }, 50)
        },
      })
      .catch((reason: unknown) => reason)
    expect(performance.now() - abortedAt).toBeLessThan(1000)
    expect(error).toBeInstanceOf(SweepEndedError)
    const ended = error as SweepEndedError
    expect(ended.name).toBe('AbortError')
    expect(ended.code).toBe('SWEEP_ABORTED')
    expect(ended.sweep.records.length % 13).toBe(0)
    expect(ended.sweep.records.length).toBeGreaterThan(0)
    const after = await nir.sweep({ problems: problems.slice(0, 1), layers: ['original'] })
    expect(after.records).toHaveLength(1)
  })

  it('a sweep that still waits for its evaluator ends as every other, with nothing finished', async () => {
    const fresh = await createSession({ gpu: false })
    const controller = new AbortController()
    const running = fresh.sweep({ problems, signal: controller.signal })
    controller.abort(new Error('cell'))
    const error = (await running.catch((reason: unknown) => reason)) as SweepEndedError
    expect(error).toBeInstanceOf(SweepEndedError)
    expect(error).toMatchObject({ name: 'AbortError', sweep: { records: [] } })
    const after = await fresh.sweep({ problems: problems.slice(0, 1), layers: ['original'] })
    expect(after.records).toHaveLength(1)
    await fresh.close()
  })

  it("follows the running cell's signal", async () => {
    const key = Symbol.for('nir.signal')
    const surroundings = globalThis as unknown as Record<symbol, unknown>
    const controller = new AbortController()
    surroundings[key] = controller.signal
    try {
      const running = nir.generate('def', {
        maxTokens: 500,
        onToken: () => controller.abort(new Error('cell')),
      })
      await expect(running).rejects.toThrow('cell')
    } finally {
      Reflect.deleteProperty(surroundings, key)
    }
  })
})

describe('contexts of the caller', () => {
  it('take the place of thinking, problem by problem', async () => {
    const contexts = await referenceContexts()
    const context = (problem: Problem) => contexts.get(problem.task_id)!
    const more = await nir.problems('embedded', { limit: 20 })
    const informed = await nir.sweep({ problems: more, layers: ['original', 0], context })
    for (const record of informed.records) expect(record.context).toBe(contexts.get(record.taskId))
    const passed = (arm: string) => informed.records.filter((r) => r.arm === arm && r.passed === true).length
    expect(passed('layer 0')).toBeGreaterThan(passed('original'))
  })

  it('are there for every bundled problem', async () => {
    const contexts = await referenceContexts()
    for (const problem of await nir.problems('embedded'))
      expect(contexts.get(problem.task_id)).toContain(problem.code)
  })
})
