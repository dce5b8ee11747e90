import type { FileHandle } from 'node:fs/promises'
import type { Hash } from 'node:crypto'
import { ModelError } from '../errors.js'

const CHUNK = 1 << 20

/** Reads little-endian values from the start of a file, in chunks, and never past its end. */
export class ByteReader {
  #buffer = Buffer.alloc(0)
  #at = 0
  #filePosition = 0

  constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly fileBytes: number,
    private readonly hash: Hash,
  ) {}

  /** Bytes read so far. */
  get position(): number {
    return this.#filePosition - (this.#buffer.length - this.#at)
  }

  /** Bytes of the file that have not been read. */
  get remaining(): number {
    return this.fileBytes - this.position
  }

  /** The next `count` bytes. Throws `MODEL_TRUNCATED` when the file ends before. */
  async take(count: number): Promise<Buffer> {
    if (count > this.remaining) throw this.truncated(count)
    if (this.#buffer.length - this.#at < count) await this.#fill(count)
    const bytes = this.#buffer.subarray(this.#at, this.#at + count)
    this.#at += count
    this.hash.update(bytes)
    return bytes
  }

  async uint32(): Promise<number> {
    return (await this.take(4)).readUInt32LE()
  }

  /** An unsigned 64-bit value that must be a plausible count or offset. */
  async uint64(what: string): Promise<number> {
    const value = (await this.take(8)).readBigUInt64LE()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.corrupt(`${what} is ${value}`)
    return Number(value)
  }

  async string(what: string): Promise<string> {
    const length = await this.uint64(`the length of ${what}`)
    if (length > this.remaining) throw this.corrupt(`${what} is ${length} bytes long, longer than the file`)
    return (await this.take(length)).toString('utf8')
  }

  corrupt(what: string): ModelError {
    return new ModelError(
      'MODEL_CORRUPT',
      `'${this.path}' is not a valid GGUF: ${what} (at byte ${this.position}).`,
      'Download or export the model again.',
    )
  }

  truncated(needed: number): ModelError {
    return new ModelError(
      'MODEL_TRUNCATED',
      `'${this.path}' ends too early: ${needed} more bytes were expected, ${this.remaining} are left.`,
      'Download or copy the model again.',
    )
  }

  async #fill(count: number): Promise<void> {
    const rest = this.#buffer.subarray(this.#at)
    const wanted = Math.min(Math.max(CHUNK, count - rest.length), this.fileBytes - this.#filePosition)
    const fresh = Buffer.alloc(wanted)
    const { bytesRead } = await this.file.read(fresh, 0, wanted, this.#filePosition)
    this.#filePosition += bytesRead
    this.#buffer = Buffer.concat([rest, fresh.subarray(0, bytesRead)])
    this.#at = 0
    if (this.#buffer.length < count) throw this.truncated(count)
  }
}
