import type { TypeScript } from './tslab.js'

/**
 * A TypeScript transformer after CommonJS: `exports.x = x += 1` is written as `x += 1` where `x` is a variable whose
 * export is tied to its binding (see Scope.link). Writing through the tie makes a loop over a cell's own variable
 * 100 × slower, and would reach a variable that a later cell has declared by the same name.
 *
 * @param names gives the tied variables, once they are known
 */
export function withoutLinkedExports(
  ts: TypeScript,
  names: () => readonly string[],
): (context: TypeScript) => (node: TypeScript) => TypeScript {
  return (context) => {
    // The exports of assignments are not in the tree: CommonJS puts them in when the text is written.
    const substitute = context.onSubstituteNode as (hint: unknown, node: TypeScript) => TypeScript
    context.onSubstituteNode = (hint: unknown, node: TypeScript) => {
      let written = substitute(hint, node)
      while (written !== node && isExport(written)) written = written.right
      return written
    }
    // Those of `x++` are.
    const visit = (node: TypeScript): TypeScript => {
      const visited = ts.visitEachChild(node, visit, context)
      return isExport(visited) ? visited.right : visited
    }
    return (file) => (names().length > 0 ? ts.visitNode(file, visit) : file)
  }

  function isExport(node: TypeScript): boolean {
    return (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isPropertyAccessExpression(node.left) &&
      ts.isIdentifier(node.left.expression) &&
      node.left.expression.text === 'exports' &&
      names().includes(node.left.name.text)
    )
  }
}
