/** What the surroundings of a call may provide: our kernel does, plain Node does not. */
interface Ambient {
  /** Aborts when the user interrupts the running cell. */
  readonly [SIGNAL]?: AbortSignal
  /** Shows a value in the running cell; the handle replaces it. */
  readonly [DISPLAY]?: (value: unknown) => { update(value: unknown): void }
  /** Declarations of what else the notebook has, with TSDoc. */
  readonly [PRELUDE]?: string
}

const SIGNAL = Symbol.for('nir.signal')
const DISPLAY = Symbol.for('nir.display')
const PRELUDE = Symbol.for('nir.prelude')

const ambient = globalThis as unknown as { -readonly [Key in keyof Ambient]: Ambient[Key] }

/** The caller's signal, and the running cell's where there is one. */
export function withAmbientSignal<T extends { readonly signal?: AbortSignal | undefined }>(options: T): T {
  const cell = ambient[SIGNAL]
  if (!cell) return options
  return { ...options, signal: options.signal ? AbortSignal.any([options.signal, cell]) : cell }
}

/** The running cell's display, where there is one. */
export function ambientDisplay(): Ambient[typeof DISPLAY] {
  return ambient[DISPLAY]
}

/** The declarations of the notebook's own functions, where there is a notebook. */
export function ambientDeclarations(): string | undefined {
  return ambient[PRELUDE]
}
