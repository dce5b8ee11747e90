/** A record of a CSV text, and the line (1-based) on which it begins. */
export interface CsvRecord {
  readonly line: number
  readonly fields: readonly string[]
}

/**
 * The records of a CSV text after RFC 4180: fields in quotes may hold commas, line ends and doubled quotes. Blank lines
 * are no records.
 *
 * @throws SyntaxError for a quote that is not closed, or text after a closed one
 */
export function parseCsv(text: string): CsvRecord[] {
  const ended = /[\r\n]$/.test(text) ? text : `${text}\n`
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n][^,\r\n]*)?)(,|\r\n|\r|\n)/y
  const records: CsvRecord[] = []
  let fields: string[] = []
  let begins = 1
  let line = 1
  while (field.lastIndex < ended.length) {
    const match = field.exec(ended)
    if (!match) throw new SyntaxError(`line ${line}: a quote that is not closed, or text after a closed one`)
    const [whole, quoted, bare, end] = match
    line += whole.match(/\r\n|\r|\n/g)?.length ?? 0
    const blank = fields.length === 0 && quoted === undefined && bare === undefined && end !== ','
    if (!blank) fields.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (end === ',') continue
    if (!blank) records.push({ line: begins, fields })
    fields = []
    begins = line
  }
  return records
}
