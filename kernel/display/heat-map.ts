import { crc32, deflateSync } from 'node:zlib'

/** Numbers as they lie in a matrix. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  at(row: number, column: number): number
}

const MOST_ROWS = 64
const MOST_COLUMNS = 192
/** Pixels on the screen. */
const WIDTH = 480

type Color = readonly [red: number, green: number, blue: number]

/** From low to high; readable in grey (viridis, Smith & van der Walt 2015, CC0). */
const SEQUENTIAL: readonly Color[] = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
]
/** From below zero over zero to above; for the colour-blind too (ColorBrewer's PuOr, Apache 2.0). */
const DIVERGING: readonly Color[] = [
  [84, 39, 136],
  [178, 171, 210],
  [247, 247, 247],
  [253, 184, 99],
  [179, 88, 6],
]
const UNDEFINED: Color = [200, 0, 0]

/**
 * A matrix as an `<img>`, a block of pixels a cell; large ones are averaged down. Values below zero make the colours
 * diverge around zero. What is not finite is red.
 */
export function heatMap(matrix: Matrix, title: string): string {
  const small = shrink(matrix)
  const finite = small.values.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  const extent = Math.max(-low, high)
  const [from, to, colors] = low < 0 ? [-extent, extent, DIVERGING] : [low, high, SEQUENTIAL]
  const pixels = small.values.map((value) =>
    Number.isFinite(value) ? mix(colors, to > from ? (value - from) / (to - from) : 0.5) : UNDEFINED,
  )
  const data = png(small.columns, small.rows, pixels).toString('base64')
  const style = `width:${WIDTH}px;max-width:100%;height:${Math.max(16, Math.min(160, small.rows * 8))}px;image-rendering:pixelated`
  return `<img alt="${title}" title="${title}" style="${style}" src="data:image/png;base64,${data}">`
}

/** Means over blocks of cells. */
function shrink(matrix: Matrix): { rows: number; columns: number; values: number[] } {
  const rows = Math.min(matrix.rows, MOST_ROWS)
  const columns = Math.min(matrix.columns, MOST_COLUMNS)
  const values: number[] = []
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [top, bottom] = block(row, rows, matrix.rows)
      const [left, right] = block(column, columns, matrix.columns)
      let sum = 0
      for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) sum += matrix.at(i, j)
      values.push(sum / ((bottom - top) * (right - left)))
    }
  return { rows, columns, values }
}

function block(index: number, blocks: number, cells: number): [number, number] {
  return [Math.floor((index * cells) / blocks), Math.floor(((index + 1) * cells) / blocks)]
}

function mix(colors: readonly Color[], share: number): Color {
  const place = share * (colors.length - 1)
  const index = Math.min(Math.floor(place), colors.length - 2)
  const [low, high] = [colors[index]!, colors[index + 1]!]
  const part = (at: 0 | 1 | 2): number => Math.round(low[at] + (high[at] - low[at]) * (place - index))
  return [part(0), part(1), part(2)]
}

/** A PNG with 8 bits a channel (ISO/IEC 15948). */
function png(width: number, height: number, pixels: readonly Color[]): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const lines = Array.from({ length: height }, (_, row) => [
    0,
    ...pixels.slice(row * width, (row + 1) * width).flat(),
  ])
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  const body = deflateSync(Buffer.from(lines.flat()))
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', body),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, check])
}
