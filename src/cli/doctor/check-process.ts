import { NirError } from '../../errors.js'
import { answer } from '../child.js'
import { CHECKS } from './checks.js'
import { failed, type Finding, type Question } from './finding.js'

/** Which check this process does, and what it is told. */
export type CheckQuestion = Question & { check: number }

answer(async ({ check, ...question }: CheckQuestion): Promise<Finding[]> => {
  const { what, load } = CHECKS[check]!
  try {
    const run = await load()
    return [await run(question)].flat()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof NirError) {
      return [failed(what, message.replace(error.remedy, '').trim(), error.remedy)]
    }
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    return [
      failed(
        what,
        message.split('\n', 1)[0]!,
        isMissing ? 'Run: npm install' : 'Report this, with nir doctor --json.',
      ),
    ]
  }
})
