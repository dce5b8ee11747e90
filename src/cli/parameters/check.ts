import type { CellVariable } from '../../../kernel/convert/variables.js'
import { ask } from '../child.js'
import { NotebookError, ParameterTypeError } from '../errors.js'
import type { Notebook } from '../notebook/notebook.js'
import type { Refusal } from './checker.js'
import type { Given } from './given.js'
import { parameterSources, type Parameter } from './inject.js'

/** What the checking process is asked. */
export interface CheckQuestion {
  folder: string
  sources: ReturnType<typeof parameterSources>
  given: readonly Given[]
}

/** What it answers; `broken` where the tagged cell does not compile. */
export type CheckReply =
  { variables: readonly CellVariable[]; resolved: readonly (Parameter | Refusal)[] } | { broken: string }

/** The parameters of a notebook, and values for some of them. */
export interface CheckedParameters {
  /** What the notebook declares. */
  declared: readonly CellVariable[]
  /** What was given, as values of the declared types. */
  parameters: readonly Parameter[]
}

/**
 * Checks given parameters against the types that a notebook declares, without running anything.
 *
 * @param folder the notebook's
 * @throws ParameterTypeError where a value does not fit
 * @throws NotebookError where the tagged cell does not compile
 */
export async function checkParameters(
  notebook: Notebook,
  folder: string,
  given: readonly Given[],
): Promise<CheckedParameters> {
  const question: CheckQuestion = { folder, sources: parameterSources(notebook), given }
  const reply = await ask<CheckReply>(new URL('./check-process.js', import.meta.url), question)
  if ('broken' in reply) {
    throw new NotebookError(
      `The cell tagged parameters does not compile: ${reply.broken}`,
      'Correct it, or run without parameters.',
    )
  }
  const parameters = reply.resolved.map((one) => {
    if ('value' in one) return one
    throw new ParameterTypeError(one.name, one.given, one.type, one.why)
  })
  return { declared: reply.variables, parameters }
}
