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

type Publish = (type: 'display_data' | 'update_display_data', content: Record<string, unknown>) => void

const handles = new WeakSet<object>()

/** Whether a value is what `display` returned: as the last expression of a cell it shows nothing more. */
export function isDisplayHandle(value: unknown): boolean {
  return typeof value === 'object' && value !== null && handles.has(value)
}

/**
 * Makes the `display` of cells. Values are shown in the order of the calls, though a value may promise its bundle.
 *
 * @param cell names the running cell
 */
export function createDisplay(
  bundler: Bundler,
  publish: Publish,
  cell: () => string,
): { display: (value: unknown) => DisplayHandle; settled: () => Promise<void> } {
  let tail: Promise<void> = Promise.resolve()

  let waiting = 0

  // Shown at once where nothing is awaited, so that it stays in order with what the console prints.
  const show = (type: Parameters<Publish>[0], value: unknown, id: string): void | Promise<void> => {
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
    handles.add(handle)
    return handle
  }
  return { display, settled: () => tail }
}

function contentOf({ data, metadata }: DisplayData, id: string): Record<string, unknown> {
  return { data, metadata, transient: { display_id: id } }
}
