import { NirError } from '../../errors.js'

/** A safetensors file cannot be written, cannot be read, or is not what it says. */
export class TensorFileError extends NirError {}

/** Largest header that the format's own library reads, in bytes. */
export const LARGEST_HEADER = 100_000_000

/** Element types that are written, and read into an array. */
export type DType = 'F32' | 'F16' | 'I32'

/** Array that holds a tensor of this type; the bits of an F16 are a Uint16. */
export interface TensorArrays {
  F32: Float32Array
  F16: Uint16Array
  I32: Int32Array
}

/** Bytes of one element of every type that a file may hold. Source: `Dtype` of the safetensors library. */
export const elementBytes: ReadonlyMap<string, number> = new Map([
  ['BOOL', 1],
  ['U8', 1],
  ['I8', 1],
  ['F8_E5M2', 1],
  ['F8_E4M3', 1],
  ['F8_E8M0', 1],
  ['I16', 2],
  ['U16', 2],
  ['F16', 2],
  ['BF16', 2],
  ['I32', 4],
  ['U32', 4],
  ['F32', 4],
  ['F64', 8],
  ['I64', 8],
  ['U64', 8],
  ['C64', 8],
])

/** A tensor as the header tells it. */
export interface TensorEntry {
  readonly dtype: string
  /** Row-major. */
  readonly shape: readonly number[]
  /** Where its data begins and ends, in bytes of the file. */
  readonly begin: number
  readonly end: number
}

/** Elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
