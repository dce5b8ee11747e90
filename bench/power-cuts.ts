import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { cutAgainAndAgain, cutFolder } from './lib/power-cuts.js'
import type { StubMode } from './lib/stub-sweep.js'
import { cannotJournal } from './lib/write-journal.js'

/*
 * Does a study survive that the power is cut? `npm run bench:power-cuts [cuts] [stub|kept|checkpoints] [seed]`: journals what a
 * process that works on a study writes and syncs, lays out what a disk may hold after a cut at a random point
 * (`lib/power-disk.ts` says what that is), and goes on with it. Fails where a stored unit is lost or computed twice, or a
 * finished study differs in a row from one that was never interrupted.
 */
const [cuts = '200', mode = 'kept', seed = '1'] = process.argv.slice(2)
const reason = cannotJournal()
if (reason) {
  console.error(`Power cuts are not tried: ${reason}.`)
  process.exit(1)
}
const folder = cutFolder()
try {
  const { changes, amidst, losing } = await cutAgainAndAgain({
    child: join(import.meta.dirname, 'lib', 'study-child.js'),
    mode: mode as StubMode,
    folder,
    units: 30,
    cuts: Number(cuts),
    seed: Number(seed),
  })
  console.log(
    `${cuts} cuts in ${changes} changes (${mode}), ${losing} of which lost something that had been written, ` +
      `${amidst} with some units stored and others not; each finished study is equal to an uninterrupted one.`,
  )
} finally {
  rmSync(folder, { recursive: true })
}
