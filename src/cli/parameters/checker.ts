import { CellConverter } from '../../../kernel/convert/cell-converter.js'
import type { CellVariable } from '../../../kernel/convert/variables.js'
import { CellTypeError } from '../../../kernel/errors.js'
import { PRELUDE, PRELUDE_WITHOUT_SESSION } from '../../../kernel/prelude.js'
import { candidates, written, type Given } from './given.js'
import { declaration, type Parameter } from './inject.js'

const API = new URL('../../index.js', import.meta.url)

/** Why a given parameter fits no value of its type. */
export interface Refusal {
  name: string
  given: string
  type: string | undefined
  why: string
}

/** Finds values of the declared types for parameters, by the TypeScript that the kernel has. */
export class ParameterChecker {
  /** What the tagged cell declares. */
  readonly variables: readonly CellVariable[]
  private readonly converter: CellConverter
  private readonly declarations: string

  /**
   * @param folder the notebook's, where imports are resolved from
   * @throws CellTypeError where the tagged cell does not compile
   */
  constructor(folder: string, { before, tagged }: { before: readonly string[]; tagged: string }) {
    this.converter = new CellConverter(folder, API)
    const prelude = [...before, tagged].some((cell) => /\bnir\b/.test(cell))
      ? PRELUDE
      : PRELUDE_WITHOUT_SESSION
    const declared = before.reduce((declarations, cell) => this.after(declarations, cell), prelude)
    const { declarations, variables } = this.converter.variables(declared, tagged)
    this.declarations = declarations
    this.variables = variables
  }

  /** The value that a given parameter stands for: text is taken as JSON where that fits the declared type. */
  resolve(given: Given): Parameter | Refusal {
    const { name } = given
    const type = this.variables.find((variable) => variable.name === name)?.type
    let first: CellTypeError | undefined
    for (const value of candidates(given)) {
      const parameter = { name, value, type }
      try {
        this.converter.convert(this.declarations, declaration(parameter))
        return parameter
      } catch (error) {
        if (!(error instanceof CellTypeError)) throw error
        first ??= error
      }
    }
    return { name, given: written(given), type, why: first!.message.replace(/ \(line 1\)$/, '') }
  }

  /** The declarations after a cell; a cell that does not compile declares nothing, as in the kernel. */
  private after(declarations: string, cell: string): string {
    try {
      return this.converter.convert(declarations, cell).declarations
    } catch (error) {
      if (error instanceof CellTypeError) return declarations
      throw error
    }
  }
}
