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
type Publish = (type: ShowType | 'clear_output', content: Record<string, unknown>) => void

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
 * Makes the `display` and the `clear` of cells. Values are shown in the order of the calls, though a value may promise its bundle.
 *
 * @param cell names the running cell
 */
export function createDisplay(
  bundler: Bundler,
  publish: Publish,
  cell: () => string,
): {
  display: (value: unknown) => DisplayHandle
  clear: (options?: { wait?: boolean }) => void
  settled: () => Promise<void>
} {
  let tail: Promise<void> = Promise.resolve()

  let waiting = 0

  // Shown at once where nothing is awaited, so that it stays in order with what the console prints.
  const show = (type: ShowType, value: unknown, id: string): void | Promise<void> => {
    const bundle = bundler.bundle(value, cell())
    if (waiting === 0 && !(bundle instanceof Promise)) return publish(type, contentOf(bundle, id))
    waiting++
    const shown = Promise.all([bundle, tail]).then(([ready]) => publish(type, contentOf(ready, id)))
    tail = shown.catch(() => undefined).then(() => void waiting--)
    return shown
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
    if (waiting === 0) return publish('clear_output', { wait })
    waiting++
    tail = tail.then(() => publish('clear_output', { wait })).then(() => void waiting--)
  }
  return { display, clear, settled: () => tail }
}

function contentOf({ data, metadata }: DisplayData, id: string): Record<string, unknown> {
  return { data, metadata, transient: { display_id: id } }
}
