/** A field of a CSV text. */
export type CSVValue = string | number | bigint | boolean | null

/**
 * Comma-separated values after RFC 4180: CRLF line ends; a field with a comma, quote or line end is quoted and its
 * quotes doubled. `null` is an empty field, the empty string a quoted one (`""`), so that readers that tell them
 * apart (pyarrow, Python's csv from 3.13 on) get nulls back; numbers keep every digit (`NaN`, `Infinity`).
 */
export function linesToCSV(lines: readonly (readonly CSVValue[])[]): string {
  return lines
    .map((line) => `${line.length === 1 && line[0] === null ? '""' : line.map(field).join(',')}\r\n`)
    .join('')
}

function field(value: CSVValue): string {
  if (value === null) return ''
  const text = String(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
