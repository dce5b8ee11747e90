import { open, type FileHandle } from 'node:fs/promises'
import { LARGEST_HEADER, TensorFileError, type DType, type TensorArrays, type TensorEntry } from './format.js'
import { HeaderError, parseHeader, type Header } from './parse-header.js'
import { readFully } from './whole.js'

const arrays: { readonly [D in DType]: new (buffer: ArrayBuffer) => TensorArrays[D] } = {
  F32: Float32Array,
  F16: Uint16Array,
  I32: Int32Array,
}

/**
 * An open safetensors file. Only the header is in memory; a tensor is read when it is asked for.
 *
 * @example
 * const file = await SafetensorsFile.open('states.safetensors')
 * const values = await file.read('question-1.layer.6', 'F32')
 * await file.close()
 */
export class SafetensorsFile {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly header: Header,
  ) {}

  /**
   * Opens a file and checks its header. Nothing in the file is trusted.
   * @throws {@link TensorFileError} `TENSOR_FILE_NOT_FOUND`, `TENSOR_FILE_CORRUPT`.
   */
  static async open(path: string): Promise<SafetensorsFile> {
    let file: FileHandle
    try {
      file = await open(path, 'r')
    } catch (error) {
      throw notFound(path, error)
    }
    try {
      return new SafetensorsFile(path, file, await readHeader(file, path))
    } catch (error) {
      await file.close()
      throw error instanceof HeaderError ? corrupt(path, error.message) : error
    }
  }

  /** Name → type, shape and place, in the order of the header. */
  get tensors(): ReadonlyMap<string, TensorEntry> {
    return this.header.tensors
  }

  get metadata(): ReadonlyMap<string, string> {
    return this.header.metadata
  }

  /**
   * Reads one tensor, row-major.
   * @throws {@link TensorFileError} `TENSOR_NOT_FOUND`, `TENSOR_TYPE` when it has another type,
   * `TENSOR_TOO_LARGE` for the memory, `TENSOR_FILE_CORRUPT` when the file has become shorter.
   */
  async read<D extends DType>(name: string, dtype: D): Promise<TensorArrays[D]> {
    const entry = this.tensors.get(name)
    if (!entry)
      throw new TensorFileError(
        'TENSOR_NOT_FOUND',
        `'${this.path}' holds no tensor '${name}'.`,
        'Its tensors are the keys of .tensors.',
      )
    if (entry.dtype !== dtype)
      throw new TensorFileError(
        'TENSOR_TYPE',
        `The tensor '${name}' of '${this.path}' is ${entry.dtype}; ${dtype} was expected.`,
        'Write it again in that type.',
      )
    const buffer = allocate(entry.end - entry.begin, name)
    if (!(await readFully(this.file, Buffer.from(buffer), entry.begin)))
      throw corrupt(this.path, `it ends before its tensor '${name}' does`)
    return new arrays[dtype](buffer)
  }

  close(): Promise<void> {
    return this.file.close()
  }
}

async function readHeader(file: FileHandle, path: string): Promise<Header> {
  const status = await file.stat()
  if (!status.isFile()) throw notFound(path, undefined)
  const prefix = Buffer.alloc(8)
  if (!(await readFully(file, prefix, 0)))
    throw new HeaderError(`it has ${status.size} bytes, fewer than the 8 of its header's length`)
  const length = prefix.readBigUInt64LE()
  if (length > BigInt(LARGEST_HEADER) || length > BigInt(status.size - 8))
    throw new HeaderError(`its header claims ${length} bytes, and the file has ${status.size}`)
  const json = Buffer.alloc(Number(length))
  if (!(await readFully(file, json, 8))) throw new HeaderError('it ends within its header')
  return parseHeader(json, 8 + json.length, status.size)
}

function allocate(bytes: number, name: string): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes)
  } catch (error) {
    throw new TensorFileError(
      'TENSOR_TOO_LARGE',
      `The tensor '${name}' takes ${bytes} bytes, more than can be had.`,
      'Free some memory.',
      { cause: error },
    )
  }
}

function notFound(path: string, cause: unknown): TensorFileError {
  return new TensorFileError(
    'TENSOR_FILE_NOT_FOUND',
    `'${path}' cannot be opened as a file.`,
    'Give the path of a .safetensors file that you may read.',
    { cause },
  )
}

function corrupt(path: string, what: string): TensorFileError {
  return new TensorFileError(
    'TENSOR_FILE_CORRUPT',
    `'${path}' is not a valid safetensors file: ${what}.`,
    'Copy or write it again.',
  )
}
