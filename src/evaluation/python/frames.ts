const HEAD = 4

/** One frame: 4 bytes of length, big-endian, then JSON in UTF-8. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8')
  const frame = Buffer.allocUnsafe(HEAD + body.length)
  frame.writeUInt32BE(body.length)
  body.copy(frame, HEAD)
  return frame
}

/** Collects bytes and yields whole frames. */
export class FrameReader {
  #chunks: Buffer[] = []
  #size = 0

  constructor(readonly maxBytes = 1 << 30) {}

  /** Adds bytes and returns the messages they complete. Throws `RangeError` on a frame over `maxBytes`. */
  push(chunk: Buffer): unknown[] {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    const messages: unknown[] = []
    for (;;) {
      const length = this.#length()
      if (length === null || this.#size < HEAD + length) return messages
      const all = Buffer.concat(this.#chunks)
      messages.push(JSON.parse(all.toString('utf8', HEAD, HEAD + length)))
      const rest = all.subarray(HEAD + length)
      this.#chunks = rest.length ? [rest] : []
      this.#size = rest.length
    }
  }

  #length(): number | null {
    if (this.#size < HEAD) return null
    if (this.#chunks[0]!.length < HEAD) this.#chunks = [Buffer.concat(this.#chunks)]
    const length = this.#chunks[0]!.readUInt32BE(0)
    if (length > this.maxBytes) throw new RangeError(`A frame of ${length} bytes is over ${this.maxBytes}.`)
    return length
  }
}
