import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSession, progressLine } from '../../src/index.js'
import { Engine } from '../../src/engine/index.js'
import { embeddedModelPath } from '../../src/session/open-model.js'
import { inCell } from '../../src/session/progress/in-cell.js'
import { captureLine, downloadLine, loadLine } from '../../src/session/progress/lines.js'
import { showingTokens } from '../../src/session/progress/tokens.js'

/** A cell that keeps what is shown in each of its places. */
const places: string[][] = []
const surroundings = globalThis as unknown as Record<symbol, unknown>
const DISPLAY = Symbol.for('nir.display')

beforeEach(() => {
  surroundings[DISPLAY] = (value: Record<string, string>) => {
    const shown = [value['text/plain']!]
    places.push(shown)
    return { update: (next: Record<string, string>) => shown.push(next['text/plain']!) }
  }
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
  places.length = 0
  Reflect.deleteProperty(surroundings, DISPLAY)
})

const after = (milliseconds: number) => vi.advanceTimersByTime(milliseconds)

describe('progress in a cell', () => {
  it('is not shown of what is done within a second', () => {
    const show = inCell()!
    for (let step = 0; step < 9; step++) {
      after(100)
      show(() => ({ 'text/plain': String(step) }), step === 8)
    }
    expect(places).toEqual([])
  })

  it('changes in one place, some times a second, and has the end', () => {
    const show = inCell()!
    for (let step = 1; step <= 22; step++) {
      after(100)
      show(() => ({ 'text/plain': String(step) }), step === 22)
    }
    expect(places).toEqual([['10', '13', '16', '19', '22']])
  })

  it('is nothing where there is no cell', async () => {
    Reflect.deleteProperty(surroundings, DISPLAY)
    expect(inCell()).toBeUndefined()
    expect(await showingTokens('thinking', (report) => Promise.resolve(report))).toBeUndefined()
  })

  it('is one place for calls that run at the same time, and another for later ones', async () => {
    const ends: (() => void)[] = []
    const call = (tokens: number) =>
      showingTokens('thinking', (report) => {
        after(600)
        report!(tokens, 100)
        return new Promise<void>((resolve) => ends.push(resolve))
      })
    const both = Promise.all([call(10), call(30)])
    ends.splice(0).forEach((end) => end())
    await both
    const third = call(50)
    after(600)
    ends.forEach((end) => end())
    await third
    expect(places).toEqual([
      [
        'thinking 2 × ███░░░░░░░░░░░░░ 40 of 200 tokens · 33 tokens/s',
        'thinking 2 × ████████████████ 40 of 40 tokens · 33 tokens/s',
      ],
    ])
  })
})

describe('lines of progress', () => {
  it('say how much is done, how fast, and what is left', () => {
    const sweep = {
      done: 2,
      total: 8,
      computed: { units: 1, generations: 6 },
      taskId: 1,
      sample: 0,
      unit: [],
      records: [],
      generations: 13,
      passed: 5,
      milliseconds: 30_000,
    }
    // One of the two was stored, and says nothing of the rate.
    expect(progressLine(sweep)).toBe(
      '████░░░░░░░░░░░░ 2/8 problems · 0.2 generations/s · 3 min 0 s left · 5 of 13 passed',
    )
    expect(progressLine({ ...sweep, done: 8, passed: null })).toBe(
      `${'█'.repeat(16)} 8/8 problems · 0.2 generations/s · 30.0 s`,
    )
    expect(captureLine({ done: 1, total: 2, tokens: 30, totalTokens: 60, milliseconds: 2000 })).toBe(
      '████████░░░░░░░░ 1/2 texts · 15 tokens/s · 2.0 s left',
    )
    expect(loadLine('m.gguf', 0, 10)).toBe('loading m.gguf ░░░░░░░░░░░░░░░░ 0 %')
    expect(downloadLine('hf:m', 2e9, 8e9, 10_000)).toBe(
      'downloading hf:m ████░░░░░░░░░░░░ 2.00 of 8.00 GB · 200.0 MB/s · 30.0 s left',
    )
  })
})

describe('the engine', () => {
  it('tells how much of a model is loaded, and how many tokens of a text are captured', async () => {
    const shares: number[] = []
    const engine = await Engine.open({
      path: embeddedModelPath(),
      gpu: false,
      onLoad: (share) => shares.push(share),
    })
    try {
      await vi.waitFor(() => expect(shares.at(-1)).toBe(1))
      expect(shares).toEqual([...shares].sort((a, b) => a - b))
      const done: number[] = []
      const { tokenCount } = await engine.capture('word '.repeat(700), {
        layers: [0],
        onProgress: ({ tokens }) => done.push(tokens),
      })
      expect(done.length).toBeGreaterThan(1)
      expect(done.at(-1)).toBe(tokenCount)
      await expect(
        engine.capture('a text', {
          onProgress: () => {
            throw new Error('mine')
          },
        }),
      ).rejects.toThrow('mine')
    } finally {
      await engine.close()
    }
  })
})

describe('a session', () => {
  it('counts the tokens of all arms, and calls what the caller listens with', async () => {
    const nir = await createSession({ gpu: false })
    try {
      let heard = 0
      const options = { maxTokens: 4, onToken: () => void (after(400), heard++) }
      const arms = [{ name: 'a' }, { name: 'b' }]
      await nir.generateArms('def add(a, b):', arms, options)
      expect(heard).toBe(8)
      expect(places.at(-1)!.at(-1)).toMatch(/^generating █{16} 8 of 8 tokens/)
    } finally {
      await nir.close()
    }
  })
})
