/** A row as DuckDB's client gives it, with whole numbers as numbers where they fit, and maps as objects. */
export function plainRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (Array.isArray(value))
    return value.length > 0 && value.every(isEntry) ? plainMap(value) : value.map(plain)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return plainRow(value as Record<string, unknown>)
}

const plainMap = (entries: readonly Entry[]) =>
  Object.fromEntries(entries.map(({ key, value }) => [String(key), plain(value)]))

interface Entry {
  readonly key: unknown
  readonly value: unknown
}

/** How the client gives a map: a list of `{ key, value }`. */
function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'key,value'
}
