import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { killAgainAndAgain } from '../../bench/lib/study-kills.js'
import { built } from '../kernel/built.js'

const root = mkdtempSync(join(tmpdir(), 'nir-study-'))

afterAll(() => {
  rmSync(root, { recursive: true })
})

// 200 and more: npm run bench:study-kills
it.each([
  { mode: 'kept' as const, units: 60, within: 200, kills: 12, seed: 1 },
  { mode: 'embedded' as const, units: 8, within: 3000, kills: 2, seed: 2 },
])(
  'a study ($mode) whose processes are killed at random moments equals one that was never interrupted',
  async ({ kills, ...options }) => {
    const child = join(built(), 'bench/lib/study-child.js')
    const folder = mkdtempSync(join(root, 'kills-'))
    const summary = await killAgainAndAgain(
      { ...options, child, folder },
      (so) => so.kills >= kills && so.amidst > 0,
    )
    expect(summary.kills).toBeGreaterThanOrEqual(kills)
    expect(summary.studies).toBeGreaterThan(0)
  },
  180_000,
)
