import { randomUUID } from 'node:crypto'
import type { Bundler } from './bundler.js'
import type { DisplayData } from './mime.js'

/** What `display()` returns: a place in the notebook that can be shown anew. */
export interface DisplayHandle {
  /** The Jupyter `display_id`. */
  readonly id: string
  /** Shows `value` in the place of what was shown. */
  update(value: unknown): Promise<void>
}

/** Where `nir` finds `display`, so that progress can be shown in place. */
export const DISPLAY_HOOK = Symbol.for('nir.display')

type ShowType = 'display_data' | 'update_display_data'

/** Where a cell's output goes. */
interface Place {
  /** Names the cell. */
  readonly cell: string
  publish(type: ShowType | 'clear_output', content: Record<string, unknown>): void
}

/** What waits to be shown, in order. */
interface Line {
  tail: Promise<void>
  waiting: number
}

const shown = new WeakSet<object>()

/** Marks a value, such as what `display` returns: as the last expression of a cell it shows nothing more. */
export function markShown(value: object): void {
  shown.add(value)
}

/** Whether a value is marked as shown. */
export function isShown(value: unknown): boolean {
  return typeof value === 'object' && value !== null && shown.has(value)
}

/**
 * Makes the `display` and the `clear` of cells. Values are shown in the order of the calls, though a value may promise
 * its bundle. `settled` resolves when all so far is shown; `abandon` gives up what is promised still.
 *
 * @param here the place of the cell whose code runs
 */
export function createDisplay(
  bundler: Bundler,
  here: () => Place,
): {
  display: (value: unknown) => DisplayHandle
  clear: (options?: { wait?: boolean }) => void
  settled: () => Promise<void>
  abandon: () => void
} {
  let line = newLine()

  const inTurn = <T>(ready: T | Promise<T>, show: (ready: Awaited<T>) => void): Promise<void> => {
    const own = line
    own.waiting++
    const shown = Promise.all([ready, own.tail]).then(([value]) => {
      if (own === line) show(value)
    })
    own.tail = shown.catch(() => undefined).then(() => void own.waiting--)
    return shown
  }

  // Shown at once where nothing is awaited, so that it stays in order with what the console prints.
  const show = (type: ShowType, value: unknown, id: string): void | Promise<void> => {
    const place = here()
    const bundle = bundler.bundle(value, place.cell)
    if (line.waiting === 0 && !(bundle instanceof Promise)) return place.publish(type, contentOf(bundle, id))
    return inTurn(bundle, (ready) => place.publish(type, contentOf(ready, id)))
  }

  const display = (value: unknown): DisplayHandle => {
    const id = randomUUID()
    void show('display_data', value, id)
    const handle: DisplayHandle = {
      id,
      update: async (next) => {
        await show('update_display_data', next, id)
      },
    }
    markShown(handle)
    return handle
  }

  const clear = ({ wait = false }: { wait?: boolean } = {}): void => {
    const place = here()
    if (line.waiting === 0) return place.publish('clear_output', { wait })
    void inTurn(undefined, () => place.publish('clear_output', { wait }))
  }
  return { display, clear, settled: () => line.tail, abandon: () => void (line = newLine()) }
}

function newLine(): Line {
  return { tail: Promise.resolve(), waiting: 0 }
}

function contentOf({ data, metadata }: DisplayData, id: string): Record<string, unknown> {
  return { data, metadata, transient: { display_id: id } }
}
