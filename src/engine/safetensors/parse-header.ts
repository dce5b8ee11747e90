import { elementBytes, elementCount, type TensorEntry } from './format.js'

/** What a safetensors header says. */
export interface Header {
  readonly metadata: ReadonlyMap<string, string>
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

/** Says what is wrong with a header; {@link parseHeader}'s caller knows the file. */
export class HeaderError extends Error {}

/**
 * Parses the JSON of a header, trusting nothing in it: as the format's own library, it wants the tensors to fill the
 * data section without gap or overlap.
 * @param json - the header
 * @param dataBegin - where the data section begins, in bytes of the file
 * @param fileBytes - length of the file
 * @throws {@link HeaderError}
 */
export function parseHeader(json: Buffer, dataBegin: number, fileBytes: number): Header {
  const root = record(parseJson(json), 'the header')
  const metadata = new Map<string, string>()
  const tensors = new Map<string, TensorEntry>()
  for (const [name, value] of Object.entries(root)) {
    if (name === '__metadata__') readMetadata(value, metadata)
    else tensors.set(name, readEntry(name, value, dataBegin))
  }
  checkLayout(tensors, dataBegin, fileBytes)
  return { metadata, tensors }
}

function parseJson(bytes: Buffer): unknown {
  if (bytes[0] !== 0x7b) throw new HeaderError('its header does not begin with "{"')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new HeaderError(`its header is no JSON (${(error as Error).message})`)
  }
}

function readMetadata(value: unknown, metadata: Map<string, string>): void {
  for (const [key, text] of Object.entries(record(value, '__metadata__'))) {
    if (typeof text !== 'string') throw new HeaderError(`its metadata ${quote(key)} is no string`)
    metadata.set(key, text)
  }
}

function readEntry(name: string, value: unknown, dataBegin: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = record(value, quote(name))
  const size = typeof dtype === 'string' ? elementBytes.get(dtype) : undefined
  if (typeof dtype !== 'string' || size === undefined)
    throw new HeaderError(`${quote(name)} has the unknown dtype ${quote(dtype)}`)
  if (!isCounts(shape)) throw new HeaderError(`${quote(name)} has the shape ${quote(shape)}`)
  if (!isCounts(offsets) || offsets.length !== 2)
    throw new HeaderError(`${quote(name)} has the data_offsets ${quote(offsets)}`)
  const [from, until] = offsets as [number, number]
  if (until - from !== elementCount(shape) * size)
    throw new HeaderError(
      `${quote(name)} has ${until - from} bytes, but ${dtype} of the shape ${quote(shape)} takes ${elementCount(shape) * size}`,
    )
  return { dtype, shape, begin: dataBegin + from, end: dataBegin + until }
}

function checkLayout(tensors: ReadonlyMap<string, TensorEntry>, dataBegin: number, fileBytes: number): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  let at = dataBegin
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== at)
      throw new HeaderError(
        `${quote(name)} begins at byte ${begin}, but the data before it ends at byte ${at}`,
      )
    at = end
  }
  if (at !== fileBytes) throw new HeaderError(`its tensors end at byte ${at}, but it has ${fileBytes} bytes`)
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HeaderError(`${what} is no JSON object`)
  return value as Record<string, unknown>
}

/** As JSON, cut short: a hostile header's strings are as long as they like. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
