import type { CellMap } from '../convert/source-maps.js'

const CELL_PLACE = /\bIn\[([^\]]+)\]:(\d+):(\d+)/g
const maps = new Map<string, CellMap>()

/** The file name of a cell in stack traces. */
export function cellName(label: string): string {
  return `In[${label}]`
}

/** Makes traces of the cell `label` show its TypeScript lines. */
export function registerCell(label: string, map: CellMap): void {
  maps.set(label, map)
}

/** Replaces places in running code by places in the cell. */
function mapPlaces(text: string): string {
  return text.replace(CELL_PLACE, (whole, label: string, line: string, column: string) => {
    const place = maps.get(label)?.original(Number(line), Number(column))
    return place ? `${cellName(label)}:${place.line}:${place.column}` : whole
  })
}

/** From now on, `error.stack` shows TypeScript lines of cells, wherever it is read. */
export function installTraces(): void {
  Error.prepareStackTrace = (error, frames) => {
    // Functions of earlier cells are called as methods of the proxy that holds them.
    const lines = frames.map((frame) => `    at ${String(frame).replace(/^(async )?Proxy\./, '$1')}`)
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
