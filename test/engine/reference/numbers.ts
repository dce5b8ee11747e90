/** Linear algebra of one row in float64, written for reading, not for speed. */

/** A weight matrix, row-major `[rows, columns]`: a row an output. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float64Array
  /** The file holds it quantised: as ggml does, vectors are rounded to eight bits before they are multiplied. */
  readonly quantised?: boolean | undefined
}

/** `matrix · x`. */
export function multiply(matrix: Matrix, x: Float64Array): Float64Array {
  const { rows, columns, values } = matrix
  if (x.length !== columns) throw new Error(`${columns} columns meet ${x.length} values`)
  if (matrix.quantised) x = roundToQ8(x)
  const y = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let column = 0; column < columns; column++) sum += values[row * columns + column]! * x[column]!
    y[row] = sum
  }
  return y
}

export function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + b[index]!)
}

export function multiplyElements(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value * b[index]!)
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

/** A matrix, and what is added behind it. */
export interface Linear {
  readonly matrix: Matrix
  readonly bias: Float64Array | undefined
}

/** `matrix · x + bias`. */
export function apply({ matrix, bias }: Linear, x: Float64Array): Float64Array {
  const y = multiply(matrix, x)
  return bias ? add(y, bias) : y
}

/** A root-mean-square norm, or LayerNorm, which takes the mean away first. */
export interface Norm {
  readonly weight: Float64Array
  readonly bias: Float64Array | undefined
  readonly epsilon: number
  readonly subtractsMean: boolean
}

/** Without a norm, `x` as it is. */
export function normalise(norm: Norm | undefined, x: Float64Array): Float64Array {
  if (!norm) return x
  const mean = norm.subtractsMean ? x.reduce((sum, value) => sum + value, 0) / x.length : 0
  const centred = x.map((value) => value - mean)
  const scale = 1 / Math.sqrt(dot(centred, centred) / x.length + norm.epsilon)
  return centred.map((value, index) => value * scale * norm.weight[index]! + (norm.bias?.[index] ?? 0))
}

/** Soft-capping: never beyond `cap`, and nearly x far below it. */
export const softCap = (x: number, cap: number | undefined) => (cap ? cap * Math.tanh(x / cap) : x)

export function softmax(x: Float64Array): Float64Array {
  const largest = x.reduce((a, b) => Math.max(a, b), -Infinity)
  const exponentials = x.map((value) => Math.exp(value - largest))
  const total = exponentials.reduce((a, b) => a + b, 0)
  return exponentials.map((value) => value / total)
}

export const silu = (x: number) => x / (1 + Math.exp(-x))

/** GELU, the tanh form. */
export const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))

/** The nearest half-precision number (normal and subnormal ones; no overflow). */
export function roundToF16(x: number): number {
  if (x === 0) return x
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -14)
  const step = 2 ** (exponent - 10)
  const steps = x / step
  const below = Math.floor(steps)
  const rest = steps - below
  // Ties go to the even neighbour.
  return (rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below) * step
}

/** ggml's Q8_0: blocks of 32 share a scale, a 127th of their largest value, kept in half precision. */
function roundToQ8(x: Float64Array): Float64Array {
  return x.map((value, index) => {
    const start = index - (index % 32)
    const block = x.subarray(start, start + 32)
    const step = block.reduce((most, one) => Math.max(most, Math.abs(one)), 0) / 127
    return step === 0 ? 0 : Math.round(value / step) * roundToF16(step)
  })
}

export function argmax(x: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < x.length; index++) if (x[index]! > x[best]!) best = index
  return best
}
