import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cutAgainAndAgain } from '../../bench/lib/power-cuts.js'
import { cannotJournal } from '../../bench/lib/write-journal.js'
import { built } from '../kernel/built.js'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'nir-power-')))
const reason = cannotJournal()
if (reason) console.log(`Power cuts are not tried: ${reason}.`)

afterAll(() => {
  rmSync(root, { recursive: true })
})

// 200 and more: npm run bench:power-cuts
describe.skipIf(reason !== null)('a study during which the power is cut', () => {
  it.each([
    { mode: 'kept' as const, units: 12, cuts: 10, seed: 1 },
    { mode: 'checkpoints' as const, units: 12, cuts: 20, seed: 2 },
  ])(
    'equals one that was never interrupted ($mode)',
    async (options) => {
      const child = join(built(), 'bench/lib/study-child.js')
      const folder = mkdtempSync(join(root, 'cuts-'))
      const { amidst, losing } = await cutAgainAndAgain({ ...options, child, folder })
      expect(amidst).toBeGreaterThan(0)
      expect(losing).toBeGreaterThan(0)
    },
    120_000,
  )
})
