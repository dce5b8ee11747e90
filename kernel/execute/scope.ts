/** A variable of a cell that ran: reads and writes the cell's own binding. */
export type Link = [get: () => unknown, set: (value: unknown) => void]

/**
 * What the cells have declared. Emitted code keeps a copy of each variable here; for variables that may be assigned
 * again the copy is tied to the cell's own binding, so that functions of an earlier cell see what a later one assigns.
 */
export class Scope {
  /** What cells get as their `exports`. */
  readonly exports: Record<string, unknown>
  private readonly target: Record<string, unknown>

  constructor(globals: Record<string, unknown>) {
    this.target = { ...globals }
    this.exports = new Proxy(this.target, {
      // TypeScript defines imported names as getters; a later cell may declare the same names.
      defineProperty(target, name, descriptor) {
        if (name === '__esModule') return true
        const value: unknown = descriptor.get ? descriptor.get.call(target) : descriptor.value
        return Reflect.set(target, name, value)
      },
    })
  }

  /** Unties names that a cell is about to declare anew. */
  declare(names: readonly string[]): void {
    for (const name of names) Reflect.deleteProperty(this.target, name)
  }

  /** Ties names to the bindings of the running cell. */
  readonly link = (links: Record<string, Link>): void => {
    for (const [name, [get, set]] of Object.entries(links)) {
      Object.defineProperty(this.target, name, {
        configurable: true,
        enumerable: true,
        get: () => beforeDeclaration(get),
        set: (value) => beforeDeclaration(() => set(value)),
      })
    }
  }

  /** Takes a value out. */
  take(name: string): unknown {
    const value = this.target[name]
    Reflect.deleteProperty(this.target, name)
    return value
  }

  set(name: string, value: unknown): void {
    this.target[name] = value
  }
}

/** A cell that failed early leaves bindings that were never initialised; touching one throws a ReferenceError. */
function beforeDeclaration<T>(touch: () => T): T | undefined {
  try {
    return touch()
  } catch (error) {
    if (error instanceof ReferenceError) return undefined
    throw error
  }
}
