import { dirname, join } from 'node:path'
import ts from 'typescript'
import { PRELUDE } from '../../kernel/prelude.js'
import type { Block } from './blocks.js'
import { ROOT } from './root.js'

/** Blocks that see each other's names, as the cells of a notebook do. */
export interface Page {
  readonly blocks: readonly Block[]
  /** A source file whose exports, and those of the package, may be used without an import: what its comments are about. */
  readonly about?: string
}

interface Import {
  readonly block: Block
  readonly line: number
  readonly code: string
}

/** What a cell of our kernel is compiled with (`kernel/convert/compiler-options.ts`), as far as types go. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  skipLibCheck: true,
  noEmit: true,
}

/**
 * Checks pages against the built declarations, all in one program.
 * @param declarations The folder of the build
 * @param names Declarations that all pages see
 * @returns One line an error, `file:line: message`
 */
export function compile(pages: readonly Page[], declarations: string, names: string): string[] {
  const index = join(declarations, 'src/index.d.ts')
  const options = { ...OPTIONS, paths: { 'nir-lab': [index] } }
  const host = cachingHost(options)
  const abouts = pages.flatMap(({ about }) => about ?? []).map((path) => declarationOf(path, declarations))
  const library = ts.createProgram([index, ...abouts], options, host)

  const ambient = join(ROOT, 'examples-names.d.ts')
  host.add(ambient, `${PRELUDE}\n${names}`)
  const written = pages.map((page, i) => {
    const own = page.about === undefined ? [] : [declarationOf(page.about, declarations)]
    // Beside what it is about, so that it can import the neighbours.
    const path = join(own[0] ? dirname(own[0]) : ROOT, `examples-${i}.ts`)
    const about = own.length > 0 ? [...own, index] : []
    const provided = new Map(
      about.flatMap((module) => exportsOf(library, module).map((name) => [name, module] as const)),
    )
    const { text, origins } = write(page.blocks, provided)
    host.add(path, text)
    return { path, origins }
  })
  const program = ts.createProgram([ambient, ...written.map(({ path }) => path)], options, host, library)
  return written.flatMap(({ path, origins }) => {
    const source = program.getSourceFile(path)!
    const errors = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return errors.map(({ start, messageText }) => {
      const line = source.getLineAndCharacterOfPosition(start ?? 0).line
      return `${origins[line] ?? path}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  })
}

/**
 * Blocks as one module: imports first, then each block in a scope within that of the one before, so that it sees
 * the earlier names and may declare them anew.
 */
function write(
  blocks: readonly Block[],
  provided: ReadonlyMap<string, string>,
): { text: string; origins: string[] } {
  const parts = blocks.map(splitImports)
  const imports = new Map(parts.flatMap(({ imports }) => imports).map((one) => [one.code, one]))
  const lines: string[] = []
  const origins: string[] = []
  const add = (text: string, origin: string): void => {
    lines.push(text)
    origins.push(origin)
  }
  for (const { code, block, line } of imports.values()) add(code, `${block.file}:${block.line + line}`)
  const imported = [...imports.keys()].join('\n')
  for (const [name, module] of provided) {
    const word = new RegExp(`\\b${name}\\b`)
    if (!word.test(imported) && parts.some(({ body }) => word.test(body)))
      add(`import { ${name} } from ${JSON.stringify(module.replace(/\.d\.ts$/, '.js'))}`, 'the package')
  }
  add('export {}', '')
  for (const { block, body } of parts) {
    add(';{', '') // so that it is no arrow function after a value in brackets
    body.split('\n').forEach((text, i) => add(text, `${block.file}:${block.line + i}`))
  }
  add('}'.repeat(parts.length), '')
  return { text: lines.join('\n'), origins }
}

/** A block's imports, one name each, and the rest with blanks in their place. */
function splitImports(block: Block): { block: Block; imports: Import[]; body: string } {
  const source = ts.createSourceFile('block.ts', block.code, ts.ScriptTarget.ES2022)
  let body = block.code
  const imports = source.statements.filter(ts.isImportDeclaration).flatMap((statement) => {
    const [start, end] = [statement.getStart(source), statement.end]
    body = body.slice(0, start) + body.slice(start, end).replace(/[^\n]/g, ' ') + body.slice(end)
    const { line } = source.getLineAndCharacterOfPosition(start)
    const from = statement.moduleSpecifier.getText(source)
    const named = statement.importClause?.namedBindings
    const codes =
      named && ts.isNamedImports(named)
        ? named.elements.map((element) => `import { ${element.getText(source)} } from ${from}`)
        : [statement.getText(source)]
    return codes.map((code) => ({ block, line, code }))
  })
  return { block, imports, body }
}

function exportsOf(program: ts.Program, path: string): string[] {
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)
  return module ? checker.getExportsOfModule(module).map(({ name }) => name) : []
}

function declarationOf(path: string, declarations: string): string {
  return join(declarations, path.slice(ROOT.length)).replace(/\.ts$/, '.d.ts')
}

/** Files of the disk, each parsed once, and such that are in memory only. */
function cachingHost(
  options: ts.CompilerOptions,
): ts.CompilerHost & { add(path: string, text: string): void } {
  const disk = ts.createCompilerHost(options)
  const memory = new Map<string, string>()
  const parsed = new Map<string, ts.SourceFile | undefined>()
  return {
    ...disk,
    add: (path, text) => memory.set(path, text),
    fileExists: (path) => memory.has(path) || disk.fileExists(path),
    readFile: (path) => memory.get(path) ?? disk.readFile(path),
    getSourceFile(path, version) {
      const text = memory.get(path)
      if (text !== undefined) return ts.createSourceFile(path, text, version)
      if (!parsed.has(path)) parsed.set(path, disk.getSourceFile(path, version))
      return parsed.get(path)
    },
  }
}
