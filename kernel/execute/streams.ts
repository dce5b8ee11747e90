type Write = (name: 'stdout' | 'stderr', text: string) => void

/** Sends what is written to `process.stdout` and `process.stderr`, and so the console, to `write`. */
export function redirectStreams(write: Write): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new TextDecoder()
    const redirected = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      write(name, typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
      const callback = typeof encoding === 'function' ? encoding : done
      if (typeof callback === 'function') process.nextTick(callback as () => void)
      return true
    }
    process[name].write = redirected as typeof process.stdout.write
  }
}
