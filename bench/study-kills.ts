import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killAgainAndAgain } from './lib/study-kills.js'

/*
 * Does a study survive `kill -9`? `npm run bench:study-kills [kills] [stub|kept|embedded] [seed]`: kills processes that work
 * on a study at random moments and starts them again. Fails where a stored unit is lost or computed twice, or a finished
 * study differs in a row from one that was never interrupted.
 */
const [kills = '200', mode = 'stub', seed = '1'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'nir-study-kills-'))
try {
  const summary = await killAgainAndAgain(
    {
      child: join(import.meta.dirname, 'lib', 'study-child.js'),
      mode: mode === 'embedded' || mode === 'kept' ? mode : 'stub',
      folder,
      units: mode === 'embedded' ? 20 : 60,
      within: mode === 'embedded' ? 4000 : 200,
      seed: Number(seed),
    },
    (so) => so.kills >= Number(kills),
  )
  console.log(
    `${summary.kills} kills, ${summary.amidst} of them after units of that process were stored; ` +
      `${summary.studies} studies, each equal to an uninterrupted one.`,
  )
} finally {
  rmSync(folder, { recursive: true })
}
