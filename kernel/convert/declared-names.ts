import { boundNames, nestedVariables } from './nested-variables.js'
import type { TypeScript } from './tslab.js'

/** What the top level of a cell declares. */
export interface DeclaredNames {
  /** Every name: variables, functions, classes, enums and imports. */
  all: string[]
  /** Variables that may be assigned again. */
  variables: string[]
}

/** Reads the names off the emitted JavaScript of a cell, before it becomes CommonJS. */
export function declaredNames(ts: TypeScript, file: TypeScript): DeclaredNames {
  const all: string[] = []
  const variables: string[] = []
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      const names = statement.declarationList.declarations.flatMap((item: TypeScript) =>
        boundNames(ts, item.name),
      )
      all.push(...names)
      if (!(statement.declarationList.flags & ts.NodeFlags.Const)) variables.push(...names)
    } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name) all.push(statement.name.text)
    } else if (ts.isImportDeclaration(statement)) {
      all.push(...importedNames(ts, statement.importClause))
    }
  }
  const nested = nestedVariables(ts, file)
  return { all: [...new Set([...all, ...nested])], variables: [...new Set([...variables, ...nested])] }
}

function importedNames(ts: TypeScript, clause: TypeScript): string[] {
  if (!clause) return []
  const names: string[] = clause.name ? [clause.name.text] : []
  if (!clause.namedBindings) return names
  if (ts.isNamespaceImport(clause.namedBindings)) return [...names, clause.namedBindings.name.text]
  return [
    ...names,
    ...clause.namedBindings.elements.map((element: TypeScript) => element.name.text as string),
  ]
}
