import { randomUUID } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import {
  LARGEST_HEADER,
  TensorFileError,
  elementBytes,
  elementCount,
  type DType,
  type TensorArrays,
  type TensorEntry,
} from './format.js'
import { writeFully } from './whole.js'

/** A tensor to come. */
export interface TensorSpec {
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
}

/**
 * Writes a safetensors file whose tensors become known one after another: names, types and shapes first, the values
 * in any order. Until {@link SafetensorsWriter.close | close} the bytes go to a temporary file beside `path`, so that
 * no half-written file ever has its name.
 *
 * @example
 * const writer = await SafetensorsWriter.create('states.safetensors', {
 *   tensors: [{ name: 'a', dtype: 'F32', shape: [2, 3] }],
 *   metadata: { model: 'tiny' },
 * })
 * await writer.write('a', Float32Array.of(1, 2, 3, 4, 5, 6))
 * await writer.close()
 */
export class SafetensorsWriter {
  readonly #missing: Set<string>

  private constructor(
    readonly path: string,
    private readonly temporaryPath: string,
    private readonly file: FileHandle,
    private readonly tensors: ReadonlyMap<string, TensorEntry>,
  ) {
    this.#missing = new Set(tensors.keys())
  }

  /**
   * Creates the temporary file and writes the header. The data of the tensors follow in the order given: tensors of
   * larger elements first keeps every tensor aligned.
   * @throws {@link TensorFileError} `TENSOR_NAME`, `HEADER_TOO_LARGE`, `NOT_WRITABLE`, `DISK_FULL`.
   */
  static async create(
    path: string,
    content: { tensors: readonly TensorSpec[]; metadata?: Readonly<Record<string, string>> },
  ): Promise<SafetensorsWriter> {
    const { head, tensors } = layOut(content.tensors, content.metadata ?? {})
    const temporaryPath = `${path}.${randomUUID()}.tmp`
    let file: FileHandle | undefined
    try {
      file = await open(temporaryPath, 'wx')
      await writeFully(file, head, 0)
    } catch (error) {
      await file?.close()
      await rm(temporaryPath, { force: true }).catch(() => undefined)
      throw writeFailed(path, error)
    }
    return new SafetensorsWriter(path, temporaryPath, file, tensors)
  }

  /**
   * Writes one tensor, row-major, from the array's own memory: leave it unchanged until the promise settles.
   * @throws {@link TensorFileError} `TENSOR_NAME`, `TENSOR_SHAPE`, `TENSOR_TYPE`, `NOT_WRITABLE`, `DISK_FULL`.
   */
  async write(name: string, values: TensorArrays[DType]): Promise<void> {
    const entry = this.tensors.get(name)
    if (!entry || !this.#missing.has(name))
      throw new TensorFileError(
        'TENSOR_NAME',
        `The tensor '${name}' ${entry ? 'has been written already' : 'was not announced to create()'}.`,
        'Write each announced tensor once.',
      )
    if (values.length !== elementCount(entry.shape))
      throw new TensorFileError(
        'TENSOR_SHAPE',
        `The tensor '${name}' has ${values.length} values; its shape is [${entry.shape.join(', ')}].`,
        'Give a row-major array of that shape.',
      )
    if (typeOf(values) !== entry.dtype)
      throw new TensorFileError(
        'TENSOR_TYPE',
        `The tensor '${name}' was announced as ${entry.dtype}; a ${values.constructor.name} was given.`,
        'Give a Float32Array for F32, a Uint16Array for F16, an Int32Array for I32.',
      )
    this.#missing.delete(name)
    try {
      // Little-endian, as every platform that llama.cpp's libraries are built for.
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
      await writeFully(this.file, bytes, entry.begin)
    } catch (error) {
      this.#missing.add(name)
      throw writeFailed(this.path, error)
    }
  }

  /**
   * Brings the file onto the disk and gives it its name. On failure nothing is left behind.
   * @throws {@link TensorFileError} `TENSORS_MISSING` when a tensor has not been written, `NOT_WRITABLE`, `DISK_FULL`.
   */
  async close(): Promise<void> {
    const [first] = this.#missing
    if (first !== undefined) {
      await this.abort()
      throw new TensorFileError(
        'TENSORS_MISSING',
        `'${this.path}' lacks ${this.#missing.size} of its ${this.tensors.size} tensors, '${first}' first.`,
        'Write every announced tensor before close(); use abort() to give up.',
      )
    }
    try {
      await this.file.sync()
      await this.file.close()
      await rename(this.temporaryPath, this.path)
    } catch (error) {
      await this.abort()
      throw writeFailed(this.path, error)
    }
  }

  /** Gives up: removes what was written. A file that was at `path` before stays as it was. */
  async abort(): Promise<void> {
    await this.file.close().catch(() => undefined)
    await rm(this.temporaryPath, { force: true })
  }
}

/** The header's bytes, and where each tensor will lie in the file. */
function layOut(
  specs: readonly TensorSpec[],
  metadata: Readonly<Record<string, string>>,
): { head: Buffer; tensors: Map<string, TensorEntry> } {
  const ends = specs.map(({ dtype, shape }) => elementCount(shape) * elementBytes.get(dtype)!)
  for (let i = 1; i < ends.length; i++) ends[i]! += ends[i - 1]!
  const head = header(specs, ends, metadata)
  const tensors = specs.map(({ name, dtype, shape }, i) => {
    const entry = { dtype, shape, begin: head.length + (ends[i - 1] ?? 0), end: head.length + ends[i]! }
    return [name, entry] as const
  })
  return { head, tensors: new Map(tensors) }
}

function header(
  specs: readonly TensorSpec[],
  ends: readonly number[],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const content = new Map<string, unknown>([['__metadata__', metadata]])
  specs.forEach(({ name, dtype, shape }, i) => {
    if (content.has(name))
      throw new TensorFileError(
        'TENSOR_NAME',
        `The name '${name}' is taken: two tensors cannot share it, and '__metadata__' is reserved.`,
        'Give every tensor a name of its own.',
      )
    content.set(name, { dtype, shape, data_offsets: [ends[i - 1] ?? 0, ends[i]] })
  })
  const text = JSON.stringify(Object.fromEntries(content))
  // JSON.stringify writes half of a character as an escape, which other readers refuse.
  if (/\\ud[89a-f]/.test(text.replaceAll('\\\\', '')))
    throw new TensorFileError(
      'TENSOR_NAME',
      'A name or a metadata text is no valid Unicode: it holds half of a surrogate pair.',
      'Clean it with .toWellFormed().',
    )
  const json = Buffer.from(text)
  // As the format's own library: spaces up to a multiple of 8, so that the data begin aligned.
  const length = Math.ceil(json.length / 8) * 8
  if (length > LARGEST_HEADER)
    throw new TensorFileError(
      'HEADER_TOO_LARGE',
      `${specs.length} tensors make a header of ${length} bytes; readers accept ${LARGEST_HEADER}.`,
      'Spread them over several files.',
    )
  const head = Buffer.alloc(8 + length, ' ')
  head.writeBigUInt64LE(BigInt(length))
  json.copy(head, 8)
  return head
}

function typeOf(values: TensorArrays[DType]): DType {
  if (values instanceof Float32Array) return 'F32'
  return values instanceof Int32Array ? 'I32' : 'F16'
}

function writeFailed(path: string, cause: unknown): TensorFileError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    return new TensorFileError(
      'DISK_FULL',
      `'${path}' has no room on its disk (${message}).`,
      'Free some space, write fewer layers, or use the type f16.',
      { cause },
    )
  return new TensorFileError(
    'NOT_WRITABLE',
    `'${path}' cannot be written (${message}).`,
    'Give a path in an existing folder that you may write to.',
    { cause },
  )
}
