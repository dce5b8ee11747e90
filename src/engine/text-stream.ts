/** What came of pushing bytes into a {@link TextStream}. */
export interface TextStep {
  /** Text that is now certain to belong to the output. */
  readonly text: string
  /** A stop string is complete; nothing follows. */
  readonly stopped: boolean
}

/** Turns tokens' bytes into text: whole characters only, and nothing from a stop string on. */
export class TextStream {
  readonly #decoder = new TextDecoder('utf-8')
  readonly #longest: number
  #held = ''
  #text = ''

  constructor(private readonly stops: readonly string[]) {
    this.#longest = Math.max(0, ...stops.map((stop) => stop.length))
  }

  /** Everything that was released so far. */
  get text(): string {
    return this.#text
  }

  push(bytes: Uint8Array): TextStep {
    return this.#advance(this.#decoder.decode(bytes, { stream: true }), false)
  }

  /** Releases what was held back in case a stop string was beginning. */
  end(): TextStep {
    return this.#advance(this.#decoder.decode(), true)
  }

  #advance(fresh: string, last: boolean): TextStep {
    const pending = this.#held + fresh
    const found = this.stops.map((stop) => pending.indexOf(stop)).filter((at) => at >= 0)
    if (found.length > 0) return this.#release(pending, Math.min(...found), true)
    return this.#release(pending, last ? pending.length : pending.length - this.#heldLength(pending), false)
  }

  #release(pending: string, length: number, stopped: boolean): TextStep {
    const text = pending.slice(0, length)
    this.#held = stopped ? '' : pending.slice(length)
    this.#text += text
    return { text, stopped }
  }

  /** How much of the end could be the beginning of a stop string. */
  #heldLength(pending: string): number {
    for (let length = Math.min(this.#longest - 1, pending.length); length > 0; length--) {
      const end = pending.slice(pending.length - length)
      if (this.stops.some((stop) => stop.startsWith(end))) return length
    }
    return 0
  }
}
