import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSession, ReproductionEndedError, type Problem, type Session } from '../../src/index.js'

let nir: Session
let problems: Problem[]

beforeAll(async () => {
  nir = await createSession({ gpu: false })
  problems = await nir.problems('embedded', { limit: 3 })
})
afterAll(() => nir.close())

describe('nir.thesis on the embedded model', () => {
  it('gives the tables as published', () => {
    expect(nir.thesis.tables).toHaveLength(7)
    expect(nir.thesis.table('code_complexity').rows[0]!.values).toEqual([0.4468, 2.0714, 2.5952, 2.3571])
  })

  it('the paired protocol is a sweep of the relative depths, and fills every table', async () => {
    const reproduction = await nir.thesis.reproduce({ problems, seed: 3, mapping: 'released' })
    const sweep = await nir.sweep({
      problems,
      layers: [9, 1, 4, 'original'],
      mapping: 'released',
      temperature: 0.8,
      seed: 3,
    })
    const texts = (records: typeof sweep.records) =>
      records.map(({ arm, taskId, text }) => [arm, taskId, text])
    expect(texts(reproduction.records)).toEqual(texts(sweep.records))
    expect(reproduction.records.map(({ captureLayer }) => captureLayer)).toEqual(
      problems.flatMap(() => [1, 4, 9, null]),
    )
    expect(reproduction.tables.map(({ id }) => id)).toEqual(nir.thesis.tables.map(({ id }) => id))
    for (const table of reproduction.tables) {
      for (const row of table.rows) {
        const measured = sweep.table(table.id).rows.find(({ name }) => name === row.name)!
        expect(row.cells.map((cell) => cell.measured)).toEqual(
          measured.values.map((value) => (value === null ? null : (expect.closeTo(value, 10) as number))),
        )
      }
    }
    expect(reproduction.notes.join(' ')).toMatch(/layers 1, 4, 9 of 12/)
  })

  it('the original protocol runs, each arm on its own thinking', async () => {
    const { records } = await nir.thesis.reproduce({
      problems: problems.slice(0, 1),
      protocol: 'original',
      decodePositions: 'released',
      maxTokens: 60,
    })
    expect(records.map(({ arm }) => arm)).toEqual(['layer 9', 'layer 1', 'layer 4', 'original'])
    expect(new Set(records.map(({ context }) => context)).size).toBe(4)
    expect(records.map(({ decodePositions }) => decodePositions)).toEqual([
      'released',
      'released',
      'released',
      null,
    ])
  })

  it.each(['paired', 'original'] as const)(
    'the %s protocol can be cancelled, and keeps what is finished',
    async (protocol) => {
      const controller = new AbortController()
      const error = await nir.thesis
        .reproduce({
          problems,
          protocol,
          signal: controller.signal,
          onProgress: ({ done }) => {
            if (done === 1) controller.abort()
          },
        })
        .catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ReproductionEndedError)
      expect(error).toMatchObject({ name: 'AbortError', code: 'REPRODUCTION_ABORTED' })
      const { records, tables } = (error as ReproductionEndedError).reproduction
      expect(records.length).toBeGreaterThan(0)
      expect(records.length).toBeLessThan(12)
      expect(tables).toHaveLength(7)
    },
  )
})
