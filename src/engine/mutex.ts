/** Runs tasks one after another, in the order in which they were given. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `task` when all earlier ones have settled; rejects at once when the signal aborts before its turn. */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal!.reason as Error)
      }
      signal?.addEventListener('abort', leave, { once: true })
      const turn = this.#last.then(() => {
        signal?.removeEventListener('abort', leave)
        signal?.throwIfAborted()
        return task()
      })
      this.#last = turn.catch(() => undefined)
      turn.then(resolve, reject)
    })
  }
}
