import { frameHtml } from './frame-html.js'
import { frameText } from './frame-text.js'
import type { MimeBundle } from './mime.js'

/** The face of danfojs frames and series that is read. */
interface FrameLike {
  readonly columns: readonly unknown[]
  readonly index: readonly unknown[]
  readonly dtypes: readonly string[]
  readonly shape: readonly number[]
  readonly values: readonly unknown[]
}

/** A frame as it is shown. */
export interface FrameView {
  readonly columns: readonly {
    readonly name: string
    /** The type, and how many nulls there are. */
    readonly type: string
  }[]
  readonly rows: readonly (readonly unknown[])[]
  readonly index: readonly unknown[]
  /** `3 rows × 1 column` */
  readonly size: string
}

/** Whether a value is a danfojs DataFrame or Series of any copy of danfojs. */
export function isFrame(value: unknown): value is FrameLike {
  if (typeof value !== 'object' || value === null || !('$dataIncolumnFormat' in value)) return false
  const frame = value as Partial<FrameLike>
  return Array.isArray(frame.columns) && Array.isArray(frame.index) && Array.isArray(frame.shape)
}

/** A frame as an HTML table with types and counts of nulls, and as text. */
export function frameBundle(frame: FrameLike): MimeBundle {
  const view = viewOf(frame)
  return { 'text/html': frameHtml(view), 'text/plain': frameText(view) }
}

function viewOf({ columns, dtypes, index, values }: FrameLike): FrameView {
  const rows = values.map((row) => (Array.isArray(row) ? (row as unknown[]) : [row]))
  return {
    columns: columns.map((name, at) => {
      const nulls = rows.reduce((count, row) => count + Number(isNull(row[at])), 0)
      return { name: String(name), type: `${dtypes[at] ?? ''}${nulls > 0 ? ` · ${nulls} null` : ''}` }
    }),
    rows,
    index,
    size: `${counted(rows.length, 'row')} × ${counted(columns.length, 'column')}`,
  }
}

/** A value of a frame as text. */
export function textOfValue(value: unknown): string {
  if (isNull(value)) return 'null'
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)))
  return value instanceof Date ? value.toISOString() : String(value)
}

/** Whether danfojs counts a value as missing. */
export function isNull(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
