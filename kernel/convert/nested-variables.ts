import type { TypeScript } from './tslab.js'

/**
 * The names that a file declares by `var` inside its blocks and loops. They are variables of the whole file, but
 * TypeScript's declarations leave them out, as a module could not export them.
 */
export function nestedVariables(ts: TypeScript, file: TypeScript): string[] {
  const names = new Set<string>()
  const visit = (node: TypeScript): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return
    if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped)) {
      for (const { name } of node.declarations) for (const each of boundNames(ts, name)) names.add(each)
    }
    ts.forEachChild(node, visit)
  }
  for (const statement of file.statements) if (!ts.isVariableStatement(statement)) visit(statement)
  return [...names]
}

/** The names that a variable's name or pattern binds. */
export function boundNames(ts: TypeScript, name: TypeScript): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element: TypeScript) => (element.name ? boundNames(ts, element.name) : []))
}

/** Declarations of the nested variables of a program's file, for those after it. */
export function nestedDeclarations(ts: TypeScript, program: TypeScript, file: TypeScript): string {
  const checker = program.getTypeChecker()
  const printer = ts.createPrinter()
  return nestedVariables(ts, file)
    .map((name) => {
      const type = checker.getTypeOfSymbolAtLocation(file.locals.get(name), file)
      const node = checker.typeToTypeNode(type, file, ts.NodeBuilderFlags.NoTruncation)
      const text = node ? printer.printNode(ts.EmitHint.Unspecified, node, file) : 'any'
      return `declare var ${name}: ${text};\n`
    })
    .join('')
}
