const groups = new Set<number>()

/** A process group of its own begins or ends, which `endProcess` must take along. */
export function noteGroup(pid: number, isRunning: boolean): void {
  if (isRunning) groups.add(pid)
  else groups.delete(pid)
}

/**
 * Ends this process and what it has started, at once. A kernel leads its process group, so children go too, as
 * ipykernel's do (not those that were started `detached`, unless `noteGroup` was told). Node's own way out waits for native work that is under way,
 * however long that takes.
 */
export function endProcess(): void {
  for (const pid of groups) killGroup(pid)
  if (!killGroup(process.pid)) process.kill(process.pid, 'SIGKILL')
}

function killGroup(pid: number): boolean {
  try {
    return process.kill(-pid, 'SIGKILL')
  } catch {
    return false
  }
}
