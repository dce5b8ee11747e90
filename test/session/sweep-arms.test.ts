import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSession, type Problem, type Session, type Sweep } from '../../src/index.js'

const prompt = { name: 'bare', user: '{{problem}}\n{{tests}}', assistant: '```python\n' }
const options = { maxTokens: 40, maxThinkingTokens: 64, seed: 3, temperature: 0.5 }

let nir: Session
let problems: Problem[]
let sweep: Sweep

beforeAll(async () => {
  nir = await createSession({ gpu: false, exact: true })
  problems = await nir.problems('embedded', { limit: 2 })
  sweep = await nir.sweep({
    ...options,
    problems,
    grid: { inject: ['original', 0, 4], capture: ['same', 2], window: ['all', 3], slice: ['all', [-6]] },
    arms: [
      { steering: [{ layer: 3, vector: 'mean', scale: 0.5 }] },
      { replacements: [{ layer: 2, by: 'mean', positions: [-1] }] },
      { name: 'bare and greedy', injections: [{ layer: 1 }], temperature: 0, prompt },
    ],
  })
})
afterAll(() => nir.close())

const recordOf = (taskId: number, arm: string) =>
  sweep.records.find((record) => record.taskId === taskId && record.arm === arm)!

describe('a sweep over arms as data', () => {
  it('has every arm of every problem, all from one context', () => {
    expect(sweep.records).toHaveLength(2 * (1 + 2 * 2 * 2 * 2 + 3))
    for (const { task_id } of problems) {
      const contexts = sweep.records.filter(({ taskId }) => taskId === task_id).map(({ context }) => context)
      expect(new Set(contexts).size).toBe(1)
    }
  })

  it('generates what the same interventions by hand generate', async () => {
    for (const problem of problems) {
      const { context, seed } = recordOf(problem.task_id, 'original')
      const crv = await nir.capture(context)
      const tail = crv.slice(crv.tokenCount - 6)
      const byHand = await nir.generateArms(
        nir.prompt(problem),
        [
          { name: 'layer 4', injections: [{ crv, layer: 4 }] },
          { name: 'layer 4 from 2 until 7', injections: [{ crv, layer: 4, from: 2, until: 7 }] },
          { name: 'layer 0 of tokens -6 to the end', injections: [{ crv: tail, layer: 0 }] },
          { name: 'steering at 3 by mean × 0.5', steering: [{ vector: crv.mean(3), layer: 3, scale: 0.5 }] },
          {
            name: 'mean in place of layer 2 at positions -1',
            replacements: [{ by: crv.mean(2), layer: 2, positions: [-1] }],
          },
        ],
        { maxTokens: 40, seed, temperature: 0.5, stop: ['```'] },
      )
      for (const { arm, text } of byHand) expect(recordOf(problem.task_id, arm).text, arm).toBe(text)
    }
  })

  it('an arm may have a temperature and a prompt of its own', async () => {
    for (const problem of problems) {
      const { context, text, contextTokenCount } = recordOf(problem.task_id, 'bare and greedy')
      const crv = await nir.capture(context)
      const user = prompt.user
        .replace('{{problem}}', problem.text)
        .replace('{{tests}}', problem.test_list.join('\n'))
      const own = nir.chat([{ role: 'user', content: user }]) + prompt.assistant
      const byHand = await nir.generate(own, {
        injections: [{ crv, layer: 1 }],
        maxTokens: 40,
        stop: ['```'],
      })
      expect(text).toBe(byHand.text)
      expect(contextTokenCount).toBe(crv.tokenCount)
    }
  })

  it('draws whole injections only as points of the depth curve', () => {
    expect(recordOf(problems[0]!.task_id, 'layer 4 from 2')).toMatchObject({ layer: 4, captureLayer: 2 })
    expect(recordOf(problems[0]!.task_id, 'layer 4 until 7')).toMatchObject({
      layer: null,
      captureLayer: null,
    })
    const curve = sweep
      .chart('responds')
      .data.find((trace) => String(trace['name']).startsWith('with injection'))
    expect(curve!['x']).toEqual([0, 4])
  })

  it('nir.arms says what they are', () => {
    expect(nir.arms({ grid: { inject: [4], capture: [2], window: [3] } })).toEqual([
      {
        name: 'layer 4 from 2 until 7',
        injections: [{ layer: 4, from: 2, until: 7, decodePositions: 'recomputed' }],
      },
    ])
  })
})
