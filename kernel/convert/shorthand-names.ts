import type { TypeScript } from './tslab.js'

/**
 * Lets `{ name }` refer to a name that an earlier cell declared. tslab rewrites such names to `exports.name`, but asks
 * the type checker for the symbol of the property, not of the value, and a shorthand cannot hold `exports.name`.
 */
export function supportShorthandNames(copy: TypeScript, original: TypeScript): void {
  copy.visitEachChild = (node: TypeScript, visit: (child: TypeScript) => TypeScript, context: TypeScript) => {
    if (!original.isShorthandPropertyAssignment(node)) return original.visitEachChild(node, visit, context)
    const value = visit(node.name)
    if (value === node.name) return original.visitEachChild(node, (child: TypeScript) => child, context)
    return original.factory.createPropertyAssignment(original.factory.createIdentifier(node.name.text), value)
  }
  copy.createWatchProgram = (host: TypeScript) => {
    const create = host.createProgram
    host.createProgram = (...args: unknown[]) => withValueSymbols(create(...args), original)
    return original.createWatchProgram(host)
  }
}

/** Makes the builder's type checker give the value's symbol for the name of a shorthand property. */
function withValueSymbols(builder: TypeScript, ts: TypeScript): TypeScript {
  const checker = builder.getProgram().getTypeChecker()
  const symbolAt = checker.getSymbolAtLocation
  checker.getSymbolAtLocation = (node: TypeScript) => {
    const origin = ts.getOriginalNode(node)
    const isShorthand =
      origin.parent && ts.isShorthandPropertyAssignment(origin.parent) && origin.parent.name === origin
    return isShorthand ? checker.getShorthandAssignmentValueSymbol(origin.parent) : symbolAt(node)
  }
  return builder
}
