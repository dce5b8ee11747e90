import { endProcess } from './end-process.js'

const POLL_MS = 1000

/**
 * Ends the process when the parent that Jupyter names (JPY_PARENT_PID) is gone. Runs in the Worker, so that a main
 * thread in a loop ends too. A kernel that was started without that variable outlives its starter, as Jupyter asks.
 */
export function watchParent(): void {
  const parent = Number(process.env['JPY_PARENT_PID'])
  if (!Number.isInteger(parent) || parent <= 1) return
  const isDirect = process.ppid === parent
  const timer = setInterval(() => {
    if (isDirect ? process.ppid !== parent : !isAlive(parent)) endProcess()
  }, POLL_MS)
  timer.unref()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
