import { heatMap, type Matrix } from './heat-map.js'
import { escapeHtml } from '../../src/text/escape-html.js'
import type { MimeBundle } from './mime.js'

/** The face of a CRV, of any copy of NIR Lab. */
interface CrvLike {
  readonly layers: readonly number[]
  readonly tokenCount: number
  readonly hiddenSize: number
  at(layer: number): Float32Array
}

/** The face of a tensor of tensorflow.js, which danfojs brings. */
interface TensorLike {
  readonly shape: readonly number[]
  readonly dtype: string
  dataSync(): ArrayLike<number>
}

/** Whether a value is a CRV. */
export function isCrv(value: unknown): value is CrvLike {
  if (typeof value !== 'object' || value === null) return false
  const { layers, tokenCount, hiddenSize, at } = value as Partial<CrvLike>
  return Array.isArray(layers) && isCount(tokenCount) && isCount(hiddenSize) && typeof at === 'function'
}

/** Whether a value is a numeric tensor of tensorflow.js. */
export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false
  const { shape, dtype, dataSync } = value as Partial<TensorLike>
  const isNumeric = dtype === 'float32' || dtype === 'int32' || dtype === 'bool'
  return Array.isArray(shape) && isNumeric && typeof dataSync === 'function'
}

/** The norm of every token's hidden state at every layer; of a single layer the states themselves. */
export function crvBundle(crv: CrvLike): MimeBundle {
  const { layers, tokenCount, hiddenSize } = crv
  const norms = layers.map((layer) => rowNorms(crv.at(layer), hiddenSize))
  const means = norms.map((row) => row.reduce((sum, norm) => sum + norm, 0) / row.length)
  const where = layers.length === 1 ? `layer ${layers[0]}` : `${layers.length} layers (${spans(layers)})`
  const size = `CRV: ${tokenCount} ${tokenCount === 1 ? 'token' : 'tokens'} × ${hiddenSize} values at the input of ${where}`
  const mean = `mean norm ${means.length === 1 ? number(means[0]!) : `${number(means[0]!)} at layer ${layers[0]} … ${number(means.at(-1)!)} at layer ${layers.at(-1)}`}`
  if (layers.length === 0) return { 'text/plain': 'CRV: no layers' }
  const [matrix, title] =
    layers.length === 1
      ? [rowMajor(crv.at(layers[0]!), tokenCount, hiddenSize), 'values: a token a row, a dimension a column']
      : [logarithms(norms), 'norms, logarithmic: a layer a row, a token a column']
  return { 'text/plain': `${size}; ${mean}`, 'text/html': figure(size, matrix, title, mean) }
}

/** A tensor's shape, its norm, and a heat map of its last two dimensions. */
export function tensorBundle(tensor: TensorLike): MimeBundle {
  const values = tensor.dataSync()
  const size = `Tensor: ${tensor.dtype}, shape [${tensor.shape.join(', ')}]`
  if (values.length === 0) return { 'text/plain': size }
  const norm = `norm ${number(rowNorms(values, values.length)[0]!)}`
  const columns = tensor.shape.at(-1) ?? 1
  const title = 'values: the last dimension along the columns'
  return {
    'text/plain': `${size}; ${norm}`,
    'text/html': figure(size, rowMajor(values, values.length / columns, columns), title, norm),
  }
}

function figure(size: string, matrix: Matrix, title: string, note: string): string {
  return `<div>${escapeHtml(size)}<br>${heatMap(matrix, title)}<br><small>${escapeHtml(`${title} · ${note}`)}</small></div>`
}

function rowMajor(values: ArrayLike<number>, rows: number, columns: number): Matrix {
  return { rows, columns, at: (row, column) => values[row * columns + column]! }
}

function logarithms(rows: readonly (readonly number[])[]): Matrix {
  // Norms below 1 would make the colours diverge; what differs between them is not seen anyway.
  const at = (row: number, column: number): number => Math.log1p(rows[row]![column]!)
  return { rows: rows.length, columns: rows[0]!.length, at }
}

function rowNorms(values: ArrayLike<number>, width: number): number[] {
  return Array.from({ length: values.length / width }, (_, row) => {
    let sum = 0
    for (let i = row * width; i < (row + 1) * width; i++) sum += values[i]! ** 2
    return Math.sqrt(sum)
  })
}

/** `0–11`, or `1, 6, 8–11`. */
function spans(layers: readonly number[]): string {
  const found: [number, number][] = []
  for (const layer of layers) {
    const last = found.at(-1)
    if (last && last[1] === layer - 1) last[1] = layer
    else found.push([layer, layer])
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)))
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}
