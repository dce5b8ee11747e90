import type { TypeScript } from './tslab.js'

/**
 * The file of what earlier cells have declared. The converter takes out of its statements the names that a cell
 * declares anew, in place, and prints what is left as the next cell's file. Mostly that is all of it, and then the file is
 * as good for the next cell, parsed and bound as it is; and what nothing was taken from need not be printed but copied.
 * In a long notebook this is most of the time that a cell takes.
 */
export class EarlierDeclarations {
  /** How many names a statement declared when it was parsed. */
  private readonly sizes = new WeakMap<object, number>()
  private readonly lasting = new WeakMap<object, number>()
  private readonly reduced = new WeakSet()

  constructor(private readonly ts: TypeScript) {}

  /** Takes note of a file that was just parsed. */
  note(file: TypeScript): void {
    for (const statement of file.statements) this.sizes.set(statement, this.sizeOf(statement))
    this.lasting.set(file, file.statements.filter((each: TypeScript) => this.declares(each)).length)
  }

  /** Whether all that the file declared when it was parsed is still in it. */
  isWhole(file: object): boolean {
    return !this.reduced.has(file)
  }

  /** The text of what is left of a file. */
  print(file: TypeScript): string {
    const printer = this.ts.createPrinter({ newLine: this.ts.NewLineKind.LineFeed })
    const left = file.statements.filter((each: TypeScript) => this.declares(each))
    if (left.length < this.lasting.get(file)!) this.reduced.add(file)
    const texts = left.map((statement: TypeScript) => {
      if (this.sizeOf(statement) === this.sizes.get(statement)) {
        return file.text.slice(statement.pos, statement.end)
      }
      this.reduced.add(file)
      return `\n${printer.printNode(this.ts.EmitHint.Unspecified, statement, file)}`
    })
    return `${texts.join('').trimStart()}\n`
  }

  /** `export {}` makes the file a module, and that is all. */
  private declares(statement: TypeScript): boolean {
    return !this.ts.isExportDeclaration(statement)
  }

  private sizeOf(statement: TypeScript): number {
    if (this.ts.isVariableStatement(statement)) return statement.declarationList.declarations.length
    if (!this.ts.isImportDeclaration(statement) || !statement.importClause) return 1
    const { name, namedBindings } = statement.importClause
    return Number(Boolean(name)) + (namedBindings?.elements?.length ?? Number(Boolean(namedBindings)))
  }
}
