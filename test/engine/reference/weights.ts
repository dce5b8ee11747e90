import { open } from 'node:fs/promises'
import { readGgufHeader } from '../../../src/engine/gguf/read.js'
import type { Matrix } from './numbers.js'

interface Tensor {
  readonly size: readonly number[]
  readonly values: Float64Array
  readonly quantised: boolean
}

/** A GGUF of F32, Q8_0 and Q4_0 tensors, as float64. */
export class Weights {
  private constructor(
    private readonly metadata: ReadonlyMap<string, unknown>,
    private readonly tensors: ReadonlyMap<string, Tensor>,
  ) {}

  static async read(path: string): Promise<Weights> {
    const header = await readGgufHeader(path)
    const file = await open(path)
    const tensors = new Map<string, Tensor>()
    try {
      for (const { name, dimensions, type, offset } of header.tensors) {
        const decoder = decoders.get(type)
        if (!decoder) throw new Error(`${name} is of the unknown type ${type}`)
        const length = dimensions.reduce((a, b) => a * b, 1)
        const bytes = Buffer.alloc((length / 32) * decoder.blockBytes)
        await file.read(bytes, 0, bytes.length, header.dataOffset + offset)
        const values = Float64Array.from({ length }, (_, i) => {
          const start = Math.floor(i / 32) * decoder.blockBytes
          return decoder.value(bytes.subarray(start, start + decoder.blockBytes), i % 32)
        })
        tensors.set(name, { size: dimensions, values, quantised: type !== 0 })
      }
    } finally {
      await file.close()
    }
    return new Weights(header.metadata, tensors)
  }

  get architecture(): string {
    return String(this.metadata.get('general.architecture'))
  }

  /** The number under `<architecture>.<key>`. */
  number(key: string, otherwise?: number): number {
    const value = this.metadata.get(`${this.architecture}.${key}`) ?? otherwise
    if (typeof value !== 'number') throw new Error(`no number '${key}' in the metadata`)
    return value
  }

  has(key: string): boolean {
    return this.metadata.has(`${this.architecture}.${key}`)
  }

  optional(name: string): Float64Array | undefined {
    return this.tensors.get(name)?.values
  }

  vector(name: string): Float64Array {
    const values = this.optional(name)
    if (!values) throw new Error(`no tensor '${name}'`)
    return values
  }

  /** Sizes in a GGUF stand with the fastest dimension first: `[inputs, outputs]` is a matrix of `outputs` rows. */
  matrix(name: string): Matrix {
    const values = this.vector(name)
    const { size, quantised } = this.tensors.get(name)!
    const [columns, rows] = size
    return { rows: rows!, columns: columns!, values, quantised }
  }

  /** The matrices of a tensor `[inputs, outputs, count]`. */
  matrices(name: string): Matrix[] {
    const values = this.vector(name)
    const [columns, rows, count] = this.tensors.get(name)!.size
    const length = rows! * columns!
    return Array.from({ length: count! }, (_, i) => ({
      rows: rows!,
      columns: columns!,
      values: values.subarray(i * length, (i + 1) * length),
    }))
  }
}

/** ggml's number of a type → bytes of 32 values, and the value at a place of them. */
const decoders = new Map([
  [0, { blockBytes: 128, value: (bytes: Buffer, place: number) => bytes.readFloatLE(4 * place) }],
  [8, { blockBytes: 34, value: (bytes: Buffer, place: number) => scale(bytes) * bytes.readInt8(2 + place) }],
  [
    2,
    {
      blockBytes: 18,
      value: (bytes: Buffer, place: number) => {
        const pair = bytes.readUInt8(2 + (place % 16))
        return scale(bytes) * ((place < 16 ? pair & 15 : pair >> 4) - 8)
      },
    },
  ],
])

/** The F16 number that a block begins with; positive and not tiny in these files. */
function scale(bytes: Buffer): number {
  const bits = bytes.readUInt16LE()
  return 2 ** ((bits >> 10) - 15) * (1 + (bits & 1023) / 1024)
}
