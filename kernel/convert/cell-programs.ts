import { isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { EarlierDeclarations } from './earlier-declarations.js'
import { nestedDeclarations } from './nested-variables.js'
import { SteadyImports } from './steady-imports.js'
import { shorthandTransformer } from './shorthand.js'
import { CELL_FILE, DECLARATIONS_FILE, type TypeScript } from './tslab.js'
import { isLibrary } from './watched-files.js'

/**
 * What the types of libraries import for nothing that a cell can do with them: danfojs for charts in a browser (more
 * text than all types of Node 20), ours for the insides of the queue. A cell that imports one itself gets its types.
 */
const UNREAD_BY_LIBRARIES = new Set(['plotly.js-dist-min', 'ioredis', 'bullmq'])

type Write = (fileName: string, data: string) => void

/** A file of the user as JavaScript, with an inline map to its source. */
export interface EmittedFile {
  source: string
  data: string
}

/**
 * The programs that the converter builds, one after another, of a cell and of the declarations before it: what it gets
 * in place of TypeScript's watch program. That one keeps a graph of which file refers to which and renews it for
 * every cell, which with the types of Node, nir and danfojs takes longer than the cell itself. Here
 *
 * - library files and what they import are read once;
 * - a program is built when something of it is asked for beyond a file's own names: the converter makes each cell
 *   that declares something twice, and the first time needs only these.
 */
export class CellPrograms {
  private readonly files = new Map<string, TypeScript>()
  private readonly resolutions = new Map<string, TypeScript>()
  private readonly watched = new Set<string>()
  private readonly imports: SteadyImports
  private readonly earlier: EarlierDeclarations
  private readonly compilerHost: TypeScript
  private program: TypeScript
  private timer: unknown
  private emitted: EmittedFile[] = []

  /** @param host what the converter would give to `createWatchProgram` */
  constructor(
    private readonly ts: TypeScript,
    private readonly host: TypeScript,
  ) {
    this.imports = new SteadyImports(ts)
    this.earlier = new EarlierDeclarations(ts)
    this.compilerHost = {
      ...ts.createCompilerHostFromProgramHost(host, () => host.options),
      resolveModuleNameLiterals: this.resolveAll,
    }
    const parse = this.compilerHost.getSourceFile as (...args: unknown[]) => TypeScript
    this.compilerHost.getSourceFile = (name: string, ...rest: unknown[]) => this.read(name, parse, rest)
    for (const root of host.rootFiles as string[]) this.watch(root)
    this.announce()
  }

  /** The options that cells are compiled with. */
  get options(): { readonly target: number } {
    return this.host.options as { target: number }
  }

  /** The text of a file, by its path from the cell's folder. */
  textOf(name: string): string | undefined {
    return this.files.get(join(this.compilerHost.getCurrentDirectory() as string, name))?.text as string
  }

  /** Stands in for a printer's `printFile`, which the converter has for the declarations before a cell only. */
  print(file: TypeScript): string {
    return this.earlier.print(file)
  }

  private watch(name: string): void {
    if (this.watched.has(name)) return
    this.watched.add(name)
    this.host.watchFile(name, () => {
      if (!this.isCurrent(name)) this.files.delete(name)
      if (this.timer !== undefined) this.host.clearTimeout(this.timer)
      this.timer = this.host.setTimeout(() => this.announce())
    })
  }

  /** Whether a file that may have changed is the declarations before a cell, and they are those of the cell before. */
  private isCurrent(name: string): boolean {
    const file = this.files.get(name)
    return (
      name.endsWith(DECLARATIONS_FILE) &&
      file?.text === this.host.readFile(name) &&
      this.earlier.isWhole(file)
    )
  }

  private announce(): void {
    this.timer = undefined
    this.host.afterProgramCreate(this.nextBuilder())
  }

  private read(name: string, parse: (...args: unknown[]) => TypeScript, rest: unknown[]): TypeScript {
    const known = this.files.get(name)
    if (known) return known
    const file = parse(name, ...rest)
    if (file) this.files.set(name, file)
    if (this.host.rootFiles.includes(name)) this.imports.steady(file)
    if (name.endsWith(DECLARATIONS_FILE)) this.earlier.note(file)
    this.watch(name)
    return file
  }

  /** The part of a builder program that the converter uses. */
  private nextBuilder(): TypeScript {
    const { host } = this
    let program: TypeScript
    const built = () => (program ??= this.build())
    return {
      getProgram: built,
      getSourceFile: (name: string) => program?.getSourceFile(name) ?? this.bound(name),
      getAllDependencies: (file: TypeScript) => [...this.sourcesOf(built(), file, new Set<string>())],
      emit: (file: TypeScript, write: Write, token: unknown, dtsOnly: unknown, custom: TypeScript) => {
        if (basename(file.fileName as string) !== CELL_FILE) return this.emitFile(built(), file)
        const repair = shorthandTransformer(this.ts, built().getTypeChecker())
        const flat: Write = (name, data) => write(`${host.options.outDir}/${basename(name)}`, data)
        return built().emit(file, flat, token, dtsOnly, { ...custom, after: [repair, ...custom.after] })
      },
    }
  }

  /** The converter takes files of the cell's own folder only, and would rewrite them as if they were cells. */
  private emitFile(program: TypeScript, file: TypeScript): void {
    const take: Write = (name, data) => {
      if (name.endsWith('.js')) this.emitted.push({ source: file.fileName as string, data })
    }
    program.emit(file, take)
  }

  /** The user's files that were emitted since the last call. */
  takeEmitted(): EmittedFile[] {
    const taken = this.emitted
    this.emitted = []
    return taken
  }

  /** Declarations of the variables that the cell declares inside its blocks, of the program that was built last. */
  nestedDeclarations(): string {
    const cell = this.host.rootFiles.find((name: string) => name.endsWith(CELL_FILE))
    return nestedDeclarations(this.ts, this.program, this.program.getSourceFile(cell))
  }

  private build(): TypeScript {
    const { ts, host, compilerHost } = this
    const { getCurrentDirectory, getCanonicalFileName } = compilerHost
    const cache = ts.createModuleResolutionCache(getCurrentDirectory(), getCanonicalFileName, host.options)
    compilerHost.getModuleResolutionCache = () => cache
    this.program = ts.createProgram(host.rootFiles, host.options, compilerHost, this.program)
    for (const root of host.rootFiles as string[])
      this.imports.forgetMissing(this.program.getSourceFile(root))
    this.forgetIncomplete()
    return this.program
  }

  /** The imports of a file are looked for when it is read, so the user's files that miss one are read again. */
  private forgetIncomplete(): void {
    for (const [name, file] of this.files) {
      if (isLibrary(name)) continue
      file.resolvedModules?.forEach(({ resolvedModule }: TypeScript, imported: string) => {
        if (!resolvedModule && !isBuiltin(imported)) this.files.delete(name)
      })
    }
  }

  /** A file with the names that it declares, without a program. */
  private bound(name: string): TypeScript {
    const { ts, host, compilerHost } = this
    const setExternalModuleIndicator = ts.getSetExternalModuleIndicator(host.options)
    const parseOptions = { languageVersion: host.options.target, setExternalModuleIndicator }
    const file = compilerHost.getSourceFile(name, parseOptions)
    ts.bindSourceFile(file, host.options)
    // The converter exports what this lists; `declare global` is no name.
    file.locals?.delete('__global')
    return file
  }

  /** The names of a file and of the user's own files that it imports, directly or not. */
  private sourcesOf(program: TypeScript, file: TypeScript, seen: Set<string>): Set<string> {
    if (!file || file.isDeclarationFile || seen.has(file.fileName)) return seen
    seen.add(file.fileName)
    file.resolvedModules?.forEach(({ resolvedModule }: TypeScript, name: string) => {
      if (resolvedModule && this.imports.isOwn(file, name))
        this.sourcesOf(program, program.getSourceFile(resolvedModule.resolvedFileName), seen)
    })
    return seen
  }

  private readonly resolveAll = (literals: { text: string }[], containingFile: string): TypeScript[] =>
    literals.map(({ text }) => this.resolve(text, containingFile))

  /** What library files import stays; for the user's files, packages that were found stay. */
  private resolve(name: string, containingFile: string): TypeScript {
    const key = `${dirname(containingFile)}\0${name}`
    const known = this.resolutions.get(key)
    if (known) return known
    const { ts, host, compilerHost } = this
    const isUsers = host.rootFiles.includes(containingFile) || !isLibrary(containingFile)
    if (!isUsers && UNREAD_BY_LIBRARIES.has(name)) return { resolvedModule: undefined }
    const cache = compilerHost.getModuleResolutionCache()
    const found = ts.resolveModuleName(name, containingFile, host.options, compilerHost, cache)
    if (!isUsers || (found.resolvedModule && !name.startsWith('.'))) this.resolutions.set(key, found)
    return found
  }
}
