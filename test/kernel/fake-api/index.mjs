// Stands in for the public API where a test is about the kernel and must not wait for a model.
const sessions = []
let busy = Promise.resolve()

export class Session {
  help(topic) {
    return `help on ${topic}`
  }
}

export async function createSession(options = {}) {
  if (options.model === 'missing') throw new Error('no such model')
  const session = Object.assign(new Session(), {
    model: { layerCount: 8 },
    async capture(text) {
      return text.length
    },
    async untilAborted() {
      const signal = globalThis[Symbol.for('nir.signal')]
      await new Promise((_, reject) => {
        const later = () => globalThis.setTimeout(() => reject(new Error('put away in time')), 400)
        signal.addEventListener('abort', later)
      })
    },
    async generate({ onToken }) {
      // One at a time, as an engine does: a generation that never ended would block those after it.
      const before = busy
      let free
      busy = new Promise((resolve) => (free = resolve))
      await before
      try {
        await null
        onToken()
        return 'text'
      } finally {
        free()
      }
    },
    showProgress() {
      const handle = globalThis[Symbol.for('nir.display')]({ 'text/plain': 'one of two' })
      return handle.update({ 'text/plain': 'two of two' })
    },
    close: () => Promise.resolve(),
  })
  sessions.push(session)
  return session
}

/** How many sessions this copy of the module has made. */
export function sessionCount() {
  return sessions.length
}

export class Hidden {
  #secret = 1
  reveal() {
    return this.#secret
  }
}
