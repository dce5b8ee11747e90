import { INTERRUPTED } from '../server/protocol.js'
import type { TypeScript } from './tslab.js'

/** The names that the emitted code of a cell uses besides the cell's own. */
export const GUARDS = {
  import: '__nir_import',
  wait: '__nir_wait',
  check: '__nir_check',
  bound: '__nir_bound',
  resume: '__nir_resume',
  begun: '__nir_begun',
  iterate: '__nir_iterate',
  meta: '__nir_meta',
  flags: '__nir_flags',
  stop: '__nir_stop',
} as const

/** Methods that call the functions they are given when something has happened. */
const CALLS_LATER = new Set([
  ...['on', 'once', 'addListener', 'prependListener', 'addEventListener'],
  ...['then', 'catch', 'finally'],
])

/**
 * A TypeScript transformer over the emitted JavaScript of a cell.
 *
 * `await x` becomes `__nir_check(__nir_wait(), await x)`, which throws where an interrupt came in between, so that a
 * loop with awaits ends, and says whose code goes on; `for await (… of x)` gets the same through `__nir_iterate(x)`, and
 * the `catch` and `finally` of what waits through `__nir_resume`. `import(x)` becomes `__nir_import(x)`, since CommonJS would turn it into a `require` that modules with a top-level await refuse, and
 * `import.meta`, which CommonJS lacks, `__nir_meta`. Every loop begins its rounds with a look at a flag in shared memory,
 * so that an interrupt is an exception at a line of the cell, also where a library calls the cell's function: cutting
 * the thread off would leave the library's own promises unsettled. A function written as the argument of a method that
 * calls it later (`on`, `then`) becomes `__nir_bound(function)`, which runs for the cell that gave it.
 */
export function cellTransformer(ts: TypeScript): (context: TypeScript) => (node: TypeScript) => TypeScript {
  const { factory } = ts
  return (context) => (file) => {
    const visit = (node: TypeScript): TypeScript => {
      const visited = ts.visitEachChild(node, visit, context)
      if (ts.isAwaitExpression(visited)) return call(GUARDS.check, [call(GUARDS.wait, []), visited])
      if (ts.isCallExpression(visited) && visited.expression.kind === ts.SyntaxKind.ImportKeyword) {
        return call(GUARDS.import, visited.arguments)
      }
      if (isLater(visited)) return withBound(visited)
      if (ts.isTryStatement(visited) && waits(node.tryBlock)) return resuming(visited)
      if (ts.isMetaProperty(visited) && visited.keywordToken === ts.SyntaxKind.ImportKeyword) {
        return factory.createIdentifier(GUARDS.meta)
      }
      if (ts.isForOfStatement(visited) && visited.awaitModifier) {
        const { awaitModifier, initializer, expression, statement } = visited
        const guarded = call(GUARDS.iterate, [expression])
        const updated = factory.updateForOfStatement(visited, awaitModifier, initializer, guarded, statement)
        return checkedLoop(updated, context)
      }
      if (ts.isIterationStatement(visited, false)) return checkedLoop(visited, context)
      return visited
    }
    return ts.visitNode(file, visit)
  }

  function isLater(node: TypeScript): boolean {
    return (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      CALLS_LATER.has(node.expression.name.text as string)
    )
  }

  function withBound(node: TypeScript): TypeScript {
    const isWritten = (each: TypeScript) => ts.isArrowFunction(each) || ts.isFunctionExpression(each)
    const args = node.arguments.map((each: TypeScript) =>
      isWritten(each) ? call(GUARDS.bound, [each]) : each,
    )
    return factory.updateCallExpression(node, node.expression, node.typeArguments, args)
  }

  /** Whether there is an `await` in a node, but for those of functions in it. */
  function waits(node: TypeScript): boolean {
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true
    return !ts.isFunctionLike(node) && Boolean(ts.forEachChild(node, waits))
  }

  /** After an await that failed, `catch` and `finally` go on for whoever began the `try`. */
  function resuming({ tryBlock, catchClause, finallyBlock }: TypeScript): TypeScript {
    const resumed = (block: TypeScript) => {
      const resume = factory.createExpressionStatement(
        call(GUARDS.resume, [factory.createIdentifier(GUARDS.begun)]),
      )
      return factory.updateBlock(block, [resume, ...block.statements])
    }
    const begun = factory.createVariableDeclaration(GUARDS.begun, undefined, undefined, call(GUARDS.wait, []))
    return factory.createBlock(
      [
        factory.createVariableStatement(
          undefined,
          factory.createVariableDeclarationList([begun], ts.NodeFlags.Const),
        ),
        factory.createTryStatement(
          tryBlock,
          catchClause &&
            factory.updateCatchClause(
              catchClause,
              catchClause.variableDeclaration,
              resumed(catchClause.block),
            ),
          finallyBlock && resumed(finallyBlock),
        ),
      ],
      true,
    )
  }

  function checkedLoop(loop: TypeScript, context: TypeScript): TypeScript {
    const withCheck = (node: TypeScript): TypeScript => {
      if (node !== loop.statement) return node
      const flag = factory.createElementAccessExpression(
        factory.createIdentifier(GUARDS.flags),
        factory.createNumericLiteral(INTERRUPTED),
      )
      const check = factory.createExpressionStatement(factory.createLogicalAnd(flag, call(GUARDS.stop, [])))
      const statements = ts.isBlock(node) ? node.statements : [node]
      return ts.setTextRange(factory.createBlock([check, ...statements], true), node)
    }
    return ts.visitEachChild(loop, withCheck, context)
  }

  function call(name: string, args: TypeScript): TypeScript {
    return factory.createCallExpression(factory.createIdentifier(name), undefined, args)
  }
}
