/**
 * Comma-separated values after RFC 4180: CRLF line ends, a field with a comma, quote or line end is quoted and
 * its quotes doubled. `null` is an empty field; numbers keep every digit.
 */
export function toCSV(lines: readonly (readonly (string | number | null)[])[]): string {
  return lines.map((line) => line.map(field).join(',') + '\r\n').join('')
}

function field(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
