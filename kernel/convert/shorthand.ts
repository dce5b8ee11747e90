import { DECLARATIONS_FILE, type TypeScript } from './tslab.js'

/**
 * The converter turns names of earlier cells into `exports.name`, but overlooks `{ name }`, whose symbol is the new
 * property. This makes such shorthands `name: exports.name`.
 */
export function shorthandTransformer(ts: TypeScript, checker: TypeScript): TypeScript {
  const { factory } = ts
  const isEarlier = (node: TypeScript): boolean => {
    const parsed = ts.getParseTreeNode(node)
    const symbol = parsed && checker.getShorthandAssignmentValueSymbol(parsed)
    return (symbol?.declarations ?? []).some((declaration: TypeScript) =>
      declaration.getSourceFile().fileName.endsWith(DECLARATIONS_FILE),
    )
  }
  return (context: TypeScript) => (file: TypeScript) => {
    const visit = (node: TypeScript): TypeScript => {
      const visited = ts.visitEachChild(node, visit, context)
      if (!ts.isShorthandPropertyAssignment(visited) || !isEarlier(node)) return visited
      const { text } = visited.name
      const value = factory.createPropertyAccessExpression(factory.createIdentifier('exports'), text)
      const fallback = visited.objectAssignmentInitializer
      return factory.createPropertyAssignment(
        text,
        fallback ? factory.createAssignment(value, fallback) : value,
      )
    }
    return ts.visitNode(file, visit)
  }
}
