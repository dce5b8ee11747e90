import { ambientDisplay } from '../ambient.js'

/** What takes less is not shown. */
const SILENT_MS = 1000
/** Between two pictures. */
const PATIENCE_MS = 250

type Bundle = Readonly<Record<string, string>>

/**
 * A place of the running cell that shows how far something is: from a second after now on, at most some times a second,
 * and at the end. Undefined: there is no cell.
 */
export function inCell(): ((bundle: () => Bundle, isLast: boolean) => void) | undefined {
  const display = ambientDisplay()
  if (!display) return undefined
  let handle: ReturnType<typeof display> | undefined
  let nextAt = performance.now() + SILENT_MS
  return (bundle, isLast) => {
    const now = performance.now()
    if (isLast ? !handle : now < nextAt) return
    nextAt = now + PATIENCE_MS
    if (handle) handle.update(bundle())
    else handle = display(bundle())
  }
}
