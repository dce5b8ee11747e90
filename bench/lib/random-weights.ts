/** A quantised type of ggml: blocks of 32 weights that share one F16 scale. */
export interface BlockType {
  /** ggml's number of the type. */
  readonly type: number
  /** Bytes of a block: the scale first, then the quants. */
  readonly blockBytes: number
}

/** Weights of a block. */
export const BLOCK = 32
const SCALE_BYTES = 2
const SLAB_BYTES = 64 << 20

export const blockTypes = {
  Q8_0: { type: 8, blockBytes: SCALE_BYTES + 32 },
  Q4_0: { type: 2, blockBytes: SCALE_BYTES + 16 },
} as const satisfies Record<string, BlockType>

/**
 * F16 scales that give the weights a standard deviation of 0.02. Quants are uniform: −127 … 127 (deviation 73.3), and
 * −7 … 7 with zero twice as likely (4.18).
 */
const SCALES: Readonly<Record<keyof typeof blockTypes, number>> = {
  Q8_0: float16(0.02 / 73.3),
  Q4_0: float16(0.02 / 4.18),
}

/**
 * An endless run of seeded random blocks, with weights of mean 0 and standard deviation 0.02. One slab is filled;
 * every piece begins at another random block of it.
 */
export class RandomBlocks {
  readonly #slab: Buffer
  readonly #blockBytes: number
  readonly #random: () => number

  constructor(name: keyof typeof blockTypes, seed: number) {
    const { blockBytes } = blockTypes[name]
    this.#blockBytes = blockBytes
    this.#random = xorshift32(seed)
    const words = new Uint32Array(Math.floor(SLAB_BYTES / blockBytes / 4) * blockBytes)
    for (let i = 0; i < words.length; i++) words[i] = this.#random()
    this.#slab = Buffer.from(words.buffer)
    const centred = name === 'Q8_0' ? centredByte : centredNibbles
    for (let at = 0; at < this.#slab.length; at += blockBytes) {
      this.#slab.writeUInt16LE(SCALES[name], at)
      for (let i = at + SCALE_BYTES; i < at + blockBytes; i++) this.#slab[i] = centred(this.#slab[i]!)
    }
  }

  /** Yields `bytes` of whole blocks in pieces: views, valid until the next piece is taken. */
  *take(bytes: number): Generator<Buffer> {
    const blocks = this.#slab.length / this.#blockBytes
    while (bytes > 0) {
      const start = (this.#random() % blocks) * this.#blockBytes
      const piece = this.#slab.subarray(start, start + bytes)
      yield piece
      bytes -= piece.length
    }
  }
}

/** A mean other than zero would feed one direction of the hidden state in every layer until it drowns the others. */
function centredByte(byte: number): number {
  return byte === 0x80 ? 0 : byte
}

/** Each nibble stands for its value − 8. */
function centredNibbles(byte: number): number {
  const high = byte & 0xf0 || 0x80
  const low = byte & 0x0f || 0x08
  return high | low
}

/** George Marsaglia, Xorshift RNGs (2003). */
function xorshift32(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Bits of a normal positive F16, truncated. */
function float16(value: number): number {
  const exponent = Math.floor(Math.log2(value))
  return ((exponent + 15) << 10) | Math.floor((value / 2 ** exponent - 1) * 1024)
}
