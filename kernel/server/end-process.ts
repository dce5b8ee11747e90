/**
 * Ends this process and what it has started, at once. A kernel leads its process group, so children go too, as
 * ipykernel's do (not those that were started `detached`). Node's own way out waits for native work that is under way,
 * however long that takes.
 */
export function endProcess(): void {
  try {
    process.kill(-process.pid, 'SIGKILL')
  } catch {
    process.kill(process.pid, 'SIGKILL')
  }
}
