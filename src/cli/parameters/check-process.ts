import { CellTypeError } from '../../../kernel/errors.js'
import { answer } from '../child.js'
import type { CheckQuestion, CheckReply } from './check.js'
import { ParameterChecker } from './checker.js'

answer(({ folder, sources, given }: CheckQuestion): CheckReply => {
  try {
    const checker = new ParameterChecker(folder, sources)
    return { variables: checker.variables, resolved: given.map((one) => checker.resolve(one)) }
  } catch (error) {
    if (error instanceof CellTypeError) return { broken: error.message }
    throw error
  }
})
