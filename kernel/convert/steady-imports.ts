import { isBuiltin } from 'node:module'
import type { TypeScript } from './tslab.js'

/** Finds what a file may import before it is known for certain; a name too many is only looked for in vain. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g

/**
 * Keeps the packages that a cell and its declarations import the same from cell to cell. TypeScript walks through all
 * files of a program anew where the list of a file's imports has changed, which every cell does that is the first to
 * import a package, the first without it, or the first whose declarations name a type of it. So each of the two files
 * is said to import, once and in order of their names, all packages that the notebook has imported so far.
 */
export class SteadyImports {
  private readonly packages = new Map<string, TypeScript>()
  private readonly own = new WeakMap<object, Set<string>>()

  constructor(private readonly ts: TypeScript) {}

  /** Makes a file that was just parsed report the notebook's imports beside its own. */
  steady(file: TypeScript): void {
    for (const [, name] of (file.text as string).matchAll(IMPORTED)) this.add(name!)
    let imports: TypeScript[] | undefined
    Object.defineProperty(file, 'imports', {
      configurable: true,
      get: () => imports,
      set: (found: TypeScript[]) => {
        this.own.set(file, new Set(found.map(({ text }) => text as string)))
        imports = this.joined(found)
      },
    })
  }

  /** Whether the file itself imports `name`. */
  isOwn(file: object, name: string): boolean {
    return this.own.get(file)?.has(name) ?? true
  }

  /** Forgets packages that were not found: half-typed names, or what will be installed later. */
  forgetMissing(file: TypeScript): void {
    for (const name of this.packages.keys()) {
      const answer = file.resolvedModules?.get(name) // none where another file was the first to import it
      if (answer && !answer.resolvedModule && !isBuiltin(name)) this.packages.delete(name)
    }
  }

  private add(name: string): void {
    if (isPath(name) || this.packages.has(name)) return
    const { factory } = this.ts
    const literal = factory.createStringLiteral(name)
    // As in a parsed file: the completion of quoted names looks at an import's parent.
    literal.parent = factory.createImportDeclaration(undefined, undefined, literal)
    this.packages.set(name, literal)
  }

  private joined(found: readonly TypeScript[]): TypeScript[] {
    for (const { text } of found) this.add(text as string)
    const packages = [...this.packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, literal]) => literal)
    const paths = new Map(found.filter(({ text }) => isPath(text as string)).map((each) => [each.text, each]))
    return [...packages, ...paths.values()]
  }
}

function isPath(name: string): boolean {
  return /^[./]/.test(name)
}
