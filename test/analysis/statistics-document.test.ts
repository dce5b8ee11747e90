import { join } from 'node:path'
import { expect, it } from 'vitest'
import { statisticsDocument } from './statistics-document.js'

it('docs/statistics.md is what the code computes (vitest -u writes it)', async () => {
  await expect(statisticsDocument()).toMatchFileSnapshot(
    join(import.meta.dirname, '../../docs/statistics.md'),
  )
})
