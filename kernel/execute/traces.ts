import { blank } from '../columns.js'
import type { CellMap } from '../convert/source-maps.js'

const CELL_PLACE = /\bIn\[([^\]]+)\]:(\d+):(\d+)/g
const FIRST_PLACE = /^\s+at .*\bIn\[([^\]]+)\]:(\d+):(\d+)/m
const LINES_AROUND = 2
/** An error of nir comes from further inside than the ten frames that V8 would keep, and the cell is the outermost. */
const FRAMES = 30
const cells = new Map<string, { map: CellMap; source: string }>()
const files = new Map<string, CellMap>()

/** The file name of a cell in stack traces. */
export function cellName(label: string): string {
  return `In[${label}]`
}

/** Makes traces of the cell `label` show its TypeScript lines. */
export function registerCell(label: string, map: CellMap, source: string): void {
  cells.set(label, { map, source })
}

/** Makes traces of a file that cells import show its TypeScript lines. */
export function registerFile(path: string, map: CellMap): void {
  files.set(path, map)
}

/** Puts the lines of the cell around the innermost place of a trace before its first frame of a cell. */
export function withCodeFrame(trace: string): string {
  const found = FIRST_PLACE.exec(trace)
  if (!found) return trace
  const [, label, line, column] = found
  const source = cells.get(label!)?.source
  if (source === undefined) return trace
  const frame = codeFrame(source, Number(line), Number(column))
  return `${trace.slice(0, found.index)}${frame}\n${trace.slice(found.index)}`
}

function codeFrame(source: string, line: number, column: number): string {
  const lines = source.split('\n')
  const first = Math.max(1, line - LINES_AROUND)
  const last = Math.min(lines.length, line + LINES_AROUND)
  const width = String(last).length
  const shown: string[] = []
  for (let number = first; number <= last; number++) {
    const mark = number === line ? '>' : ' '
    const text = lines[number - 1] ?? ''
    shown.push(`  ${mark} ${String(number).padStart(width)} | ${text}`.trimEnd())
    if (number === line) shown.push(`    ${' '.repeat(width)} | ${blank(text.slice(0, column - 1))}^`)
  }
  return shown.join('\n')
}

/** Replaces places in running code by places in the cell. */
function mapPlaces(text: string): string {
  return text.replace(CELL_PLACE, (whole, label: string, line: string, column: string) => {
    const place = cells.get(label)?.map.original(Number(line), Number(column))
    return place ? `${cellName(label)}:${place.line}:${place.column}` : whole
  })
}

/** A frame, with its place in the file that the user wrote. */
function inFile(frame: NodeJS.CallSite): string {
  const path = frame.getFileName() ?? ''
  const line = frame.getLineNumber()
  const column = frame.getColumnNumber()
  const place = line && column ? files.get(path)?.original(line, column) : undefined
  if (!place) return String(frame)
  return String(frame).replace(`${path}:${line}:${column}`, `${path}:${place.line}:${place.column}`)
}

/** From now on, `error.stack` shows TypeScript lines of cells, wherever it is read. */
export function installTraces(): void {
  Error.stackTraceLimit = FRAMES
  Error.prepareStackTrace = (error, frames) => {
    // Functions of earlier cells are called as methods of the proxy that holds them.
    const lines = frames.map((frame) => `    at ${inFile(frame).replace(/^(async )?Proxy\./, '$1')}`)
    const trace = mapPlaces(lines.join('\n')).split('\n')
    // Below the cell come only the kernel's own frames.
    const last = trace.findLastIndex((line) => line.includes('In['))
    return [headOf(error), ...(last < 0 ? trace : trace.slice(0, last + 1))].join('\n')
  }
}

function headOf(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'Error'
  }
}
