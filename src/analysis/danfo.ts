import { createRequire } from 'node:module'
import type * as Danfo from 'danfojs-node'
import type { DataFrame } from 'danfojs-node'
import type { Column } from './columns.js'

/** danfojs has no other types for whole numbers and fractions; the values held are JavaScript's doubles. */
const DTYPES = { integer: 'int32', number: 'float32', boolean: 'boolean', string: 'string' } as const

let danfo: typeof Danfo | undefined

/** Loads danfojs (CommonJS) once, when the first frame is asked for: it takes 1–2 s. */
function loadDanfo(): typeof Danfo {
  if (danfo) return danfo
  danfo = createRequire(import.meta.url)('danfojs-node') as typeof Danfo
  // TensorFlow.js prints a banner at its first operation unless it is in production mode.
  ;(danfo.tensorflow as { enableProdMode(): void }).enableProdMode()
  return danfo
}

/**
 * A frame with the types said out loud: danfojs guesses them from the first rows, and 30 whole numbers followed
 * by 2.5 would become an integer column.
 */
export function frameOf(columns: readonly Column[]): DataFrame {
  const danfo = loadDanfo()
  const length = columns[0]?.values.length ?? 0
  // By rows: given columns, danfojs throws when they are empty.
  const rows = Array.from({ length }, (_, row) => columns.map((column) => column.values[row] ?? null))
  return new danfo.DataFrame(rows, {
    columns: columns.map((column) => column.name),
    dtypes: columns.map((column) => DTYPES[column.type]),
  })
}
