import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cutAgainAndAgain, cutFolder } from '../../bench/lib/power-cuts.js'
import { cannotJournal } from '../../bench/lib/write-journal.js'
import { built } from '../kernel/built.js'

const reason = cannotJournal()
if (reason) console.log(`Power cuts are not tried: ${reason}.`)

// 200 and more: npm run bench:power-cuts
describe.skipIf(reason !== null)('a study during which the power is cut', () => {
  it.each([
    { mode: 'kept' as const, units: 12, cuts: 6, seed: 1 },
    { mode: 'checkpoints' as const, units: 12, cuts: 24, seed: 2 },
  ])(
    'equals one that was never interrupted ($mode)',
    async (options) => {
      const child = join(built(), 'bench/lib/study-child.js')
      const folder = cutFolder()
      try {
        const { amidst, losing } = await cutAgainAndAgain({ ...options, child, folder })
        expect(amidst).toBeGreaterThan(0)
        expect(losing).toBeGreaterThan(0)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
    120_000,
  )
})
