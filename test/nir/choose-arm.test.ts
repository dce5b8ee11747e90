import { describe, expect, it } from 'vitest'
import type { Generation } from '../../src/engine/index.js'
import { ChoiceError, chooseArm, type Criterion } from '../../src/nir/index.js'

function candidate(arm: string, part: Partial<Generation> = {}): Generation {
  return {
    arm,
    tokens: [1, 2],
    text: arm,
    logProbabilities: [-1, -2],
    entropies: [1, 2],
    stopReason: 'endToken',
    timings: { prefillMilliseconds: 1, decodeMilliseconds: 1 },
    ...part,
  }
}
const empty = candidate('empty', { tokens: [], text: '', logProbabilities: [], entropies: [] })

/** Sure of few tokens, of many tokens, and not at all; the first two agree most. */
const candidates = [
  candidate('short', { tokens: [1, 2, 3], logProbabilities: [-0.5, -1, -0.75], entropies: [0.5, 0.5, 0.5] }),
  candidate('long', {
    tokens: [1, 2, 3, 4],
    logProbabilities: [-0.5, -0.5, -0.25, -0.75],
    entropies: [1, 1, 1, 1],
  }),
  candidate('lost', { tokens: [8, 9, 3], logProbabilities: [-3, -4, -5], entropies: [3, 3, 3] }),
]

describe('chooseArm', () => {
  it('chooses by the mean log-probability, not by its sum', async () => {
    expect(await chooseArm(candidates, 'logProbability')).toEqual({
      index: 1,
      generation: candidates[1],
      scores: [-0.75, -0.5, -4],
      margin: 0.25,
    })
  })

  it('chooses by the lowest mean entropy', async () => {
    expect(await chooseArm(candidates, 'entropy')).toMatchObject({
      index: 0,
      scores: [-0.5, -1, -3],
      margin: 0.5,
    })
  })

  it('chooses by agreement', async () => {
    // ROUGE-L F1: short–long 6/7, short–lost 2/6, long–lost 2/7.
    const { index, scores, margin } = await chooseArm(candidates, 'agreement')
    expect(index).toBe(0)
    expect(scores).toEqual([(6 / 7 + 2 / 6) / 2, (6 / 7 + 2 / 7) / 2, (2 / 6 + 2 / 7) / 2])
    expect(margin).toBe(scores[0]! - scores[1]!)
  })

  it("chooses by one's own function, which may take its time and sees all", async () => {
    const seen: unknown[] = []
    const choice = await chooseArm(candidates, async (generation, index, all) => {
      await Promise.resolve()
      seen.push([index, all])
      return generation.arm === 'lost' ? 10 : 1 - index
    })
    expect(choice).toMatchObject({ index: 2, scores: [1, 0, 10], margin: 9 })
    expect(seen).toEqual([0, 1, 2].map((index) => [index, candidates]))
  })

  const criteria: Criterion[] = ['logProbability', 'entropy', 'agreement', ({ text }) => -text.length]

  it.each(criteria)('the order of the arms does not matter: %s', async (by) => {
    const { scores, generation, margin } = await chooseArm(candidates, by)
    for (const order of [
      [2, 0, 1],
      [1, 2, 0],
      [2, 1, 0],
    ]) {
      const other = await chooseArm(
        order.map((at) => candidates[at]!),
        by,
      )
      order.forEach((at, place) => {
        expect(other.scores[place]).toBeCloseTo(scores[at]!, 12)
      })
      expect(other.margin).toBeCloseTo(margin!, 12)
      if (margin !== 0) expect(other.generation).toBe(generation)
    }
  })

  it.each(criteria)('the earlier one wins a tie, by 0: %s', async (by) => {
    const same = [candidate('aa'), candidate('bb'), candidate('cc')]
    expect(await chooseArm(same, by)).toMatchObject({ index: 0, margin: 0 })
  })

  it.each(criteria.slice(0, 3))('an empty generation is the worst: %s', async (by) => {
    const { index, scores, margin } = await chooseArm([empty, candidates[2]!, candidates[0]!], by)
    expect(index).not.toBe(0)
    expect(scores[0]).toBe(-Infinity)
    expect(margin).toBeGreaterThanOrEqual(0)
    expect(await chooseArm([empty, candidates[2]!], by)).toMatchObject({ index: 1, margin: null })
    expect(await chooseArm([empty, empty], by)).toMatchObject({ index: 0, margin: null })
  })

  it.each(criteria)('a single candidate is chosen without a margin: %s', async (by) => {
    expect(await chooseArm([candidates[2]!], by)).toMatchObject({ index: 0, margin: null })
  })

  it.each<[string, readonly Generation[], unknown, string]>([
    ['no candidates', [], 'entropy', 'NO_CANDIDATES'],
    ['an unknown criterion', candidates, 'toString', 'UNKNOWN_CRITERION'],
    ['a score that is NaN', candidates, () => NaN, 'SCORE_NOT_A_NUMBER'],
    ['a score that is missing', candidates, () => undefined, 'SCORE_NOT_A_NUMBER'],
  ])('refuses %s', async (_name, given, by, code) => {
    const choice = chooseArm(given, by as Criterion)
    await expect(choice).rejects.toBeInstanceOf(ChoiceError)
    await expect(choice).rejects.toMatchObject({ code })
  })

  it("passes on what one's own function throws", async () => {
    const by = () => Promise.reject(new Error('mine'))
    await expect(chooseArm(candidates, by)).rejects.toThrow('mine')
  })
})
