import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import { thesisTable, toCSV, toParquet } from '../../src/analysis/index.js'
import { frameOf } from '../../src/analysis/danfo.js'
import { parseCsv } from '../../src/problems/csv.js'
import { record, sweep } from './records.js'

const TEXTS = [
  'plain',
  '',
  'a, "quoted", field',
  '"',
  'lines\nof\r\ntext\rhere\n',
  ' spaces \t',
  'ünïcödé 数 🐍 \u2028',
  'def f(x):\n    return \'a,b\' # "c"\n',
  null,
  '=1+1',
  'NaN',
  'null',
  '0001',
]
const NUMBERS = [
  0,
  -1.5,
  0.1 + 0.2,
  1e21,
  5e-324,
  Number.MAX_VALUE,
  NaN,
  Infinity,
  -Infinity,
  null,
  2 ** 53,
  1 / 3,
  7,
]
const columns = [
  { name: 'text, "t"', type: 'string' as const, values: TEXTS },
  { name: 'number', type: 'number' as const, values: NUMBERS },
  {
    name: 'integer',
    type: 'integer' as const,
    values: TEXTS.map((_, i) => (i % 3 ? i * 4_000_000_000 : null)),
  },
  { name: 'flag', type: 'boolean' as const, values: TEXTS.map((_, i) => [true, false, null][i % 3]!) },
]
const frame = () => frameOf(columns)

const folder = mkdtempSync(join(tmpdir(), 'nir-export-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const PYTHON = process.env['NIR_TEST_PYTHON'] ?? 'python3'
const has = (module: string) => spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0

function python(script: string, file: string): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-X', 'utf8', '-c', script, file], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

const write = (name: string, content: string | Uint8Array) => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

describe.skipIf(!has('csv'))("CSV, read and written by Python's csv module", () => {
  const READ = `
import csv, json, sys
rows = list(csv.reader(open(sys.argv[1], newline='')))
print(json.dumps(rows))`
  const REWRITE = `
import csv, io, json, sys
rows = list(csv.reader(open(sys.argv[1], newline='')))
out = io.StringIO(newline='')
csv.writer(out).writerows(rows)
print(json.dumps(out.getvalue()))`
  const NUMBER = `
import csv, json, struct, sys
rows = list(csv.reader(open(sys.argv[1], newline='')))[1:]
print(json.dumps([None if r[1] == '' else struct.pack('>d', float(r[1])).hex() for r in rows]))`

  const expected = () => [
    columns.map(({ name }) => name),
    ...TEXTS.map((_, row) => columns.map(({ values }) => String(values[row] ?? ''))),
  ]

  it('is read back field by field: quotes, line ends, Unicode, empty and null as empty', () => {
    expect(python(READ, write('a.csv', toCSV(frame())))).toEqual(expected())
  })

  it('keeps every bit of every number, NaN and infinities too', () => {
    const bits = (value: number | null) => {
      if (value === null) return null
      const buffer = Buffer.alloc(8)
      buffer.writeDoubleBE(value)
      return buffer.toString('hex')
    }
    expect(python(NUMBER, write('n.csv', toCSV(frame())))).toEqual(NUMBERS.map(bits))
  })

  it("is what Python's writer writes, but for the empty string", () => {
    const ours = toCSV(frame())
    expect(python(REWRITE, write('w.csv', ours))).toBe(ours.replace('\r\n"",', '\r\n,'))
  })

  it('comes back from Python unchanged', () => {
    const theirs = python(REWRITE, write('r.csv', toCSV(frame()))) as string
    expect(parseCsv(theirs).map(({ fields }) => fields)).toEqual(expected())
  })

  it('holds a whole sweep with its generated texts', () => {
    const records = sweep({ problems: 3 }).map((one, i) => ({
      ...one,
      text: TEXTS[i] ?? '',
      context: 'a\nb, "c"',
    }))
    const rows = python(READ, write('s.csv', toCSV(records))) as string[][]
    const at = (name: string) => rows[0]!.indexOf(name)
    expect(rows).toHaveLength(records.length + 1)
    expect(rows.slice(1).map((row) => row[at('text')])).toEqual(records.map(({ text }) => text))
    expect(new Set(rows.slice(1).map((row) => row[at('context')]))).toEqual(new Set(['a\nb, "c"']))
    expect(rows.slice(1).map((row) => row[at('lines')])).toEqual(
      records.map(({ metrics }) => String(metrics['lines'] ?? '')),
    )
  })

  it('has one table a line an arm', () => {
    const table = thesisTable(sweep(), 'halstead_derived')
    const rows = python(READ, write('t.csv', table.toCSV())) as string[][]
    expect(rows.slice(1).map((row) => Number(row[1]))).toEqual(table.rows[0]!.values)
  })
})

describe('CSV, read by the csv module of Python 3.13 (Pyodide)', () => {
  it('tells null from the empty string', async () => {
    const { loadPyodide } = await import('pyodide')
    const pyodide = await loadPyodide()
    pyodide.globals.set('text', toCSV(frame()))
    const read = pyodide.runPython(`
import csv, io, json
rows = list(csv.reader(io.StringIO(text, newline=''), quoting=csv.QUOTE_NOTNULL))
json.dumps([row[0] for row in rows[1:]])`) as string
    expect(JSON.parse(read)).toEqual(TEXTS)
  })
})

describe.skipIf(!has('pyarrow'))('CSV, read by pyarrow', () => {
  it('tells null from the empty string', () => {
    const script = `
import json, sys
from pyarrow import csv
table = csv.read_csv(sys.argv[1], parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=csv.ConvertOptions(
  column_types={'text, "t"': 'string', 'number': 'float64', 'integer': 'int64', 'flag': 'bool'}, null_values=[''],
  strings_can_be_null=True, quoted_strings_can_be_null=False))
print(json.dumps([table.column(0).to_pylist(), table.column(2).to_pylist(), table.column(3).to_pylist()]))`
    expect(python(script, write('p.csv', toCSV(frame())))).toEqual([0, 2, 3].map((at) => columns[at]!.values))
  })
})

describe('Parquet', () => {
  const file = () => toParquet(frame()).buffer as ArrayBuffer

  it('says the type of every column, whatever its values', () => {
    const types = (source: Parameters<typeof toParquet>[0]) =>
      parquetMetadata(toParquet(source).buffer as ArrayBuffer)
        .schema.slice(1)
        .map(({ name, type, converted_type, repetition_type }) => [
          name,
          type,
          converted_type,
          repetition_type,
        ])
    expect(types(frame())).toEqual([
      ['text, "t"', 'BYTE_ARRAY', 'UTF8', 'OPTIONAL'],
      ['number', 'DOUBLE', undefined, 'OPTIONAL'],
      ['integer', 'INT64', undefined, 'OPTIONAL'],
      ['flag', 'BOOLEAN', undefined, 'OPTIONAL'],
    ])
    const nothing = { parses: null, passed: null, outcome: null, metrics: { lines: null } }
    const of = (part: object) =>
      Object.fromEntries(types([record(part)]).map(([name, ...type]) => [name, type]))
    expect(of({ layer: 3, ...nothing })).toEqual(of({ layer: 3, metrics: { lines: 2.5 } }))
    expect(of(nothing)).toMatchObject({
      layer: ['INT64', undefined, 'OPTIONAL'],
      passed: ['BOOLEAN', undefined, 'OPTIONAL'],
      outcome: ['BYTE_ARRAY', 'UTF8', 'OPTIONAL'],
      lines: ['DOUBLE', undefined, 'OPTIONAL'],
    })
  })

  it('is read back with the same values', async () => {
    const rows = await parquetReadObjects({ file: file() })
    columns.forEach(({ name, type, values }) => {
      expect(rows.map((row) => (row[name] as unknown) ?? null)).toEqual(
        type === 'integer' ? values.map((value) => (value === null ? null : BigInt(value))) : values,
      )
    })
  })

  it('holds many rows of a whole sweep', async () => {
    const records = sweep({ problems: 120, layers: [...Array(20).keys()] })
    const rows = await parquetReadObjects({ file: toParquet(records).buffer as ArrayBuffer })
    expect(rows).toHaveLength(records.length)
    expect(rows.map((row) => row['effort'] as number | null)).toEqual(
      records.map(({ metrics }) => metrics['effort']),
    )
    expect(rows.map((row) => Number(row['seed']))).toEqual(records.map(({ seed }) => seed))
  })

  it('is read by DuckDB with the same types, values and nulls', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const path = write('node-duckdb.parquet', toParquet(frame()))
    const result = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`)
    expect(result.columnNames()).toEqual(columns.map(({ name }) => name))
    expect(result.columnTypes().map(String)).toEqual(['VARCHAR', 'DOUBLE', 'BIGINT', 'BOOLEAN'])
    expect(result.getColumns()).toEqual(
      columns.map(({ type, values }) =>
        type === 'integer' ? values.map((value) => (value === null ? null : BigInt(value))) : values,
      ),
    )
    connection.closeSync()
    instance.closeSync()
  })

  const SCRIPTS = {
    pyarrow: `
import json, sys
import pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
print(json.dumps([[str(field.type) for field in table.schema], *[column.to_pylist() for column in table.columns]]))`,
    polars: `
import json, sys
import polars as pl
frame = pl.read_parquet(sys.argv[1])
print(json.dumps([[str(type) for type in frame.dtypes], *[column.to_list() for column in frame]]))`,
    duckdb: `
import json, sys
import duckdb
result = duckdb.read_parquet(sys.argv[1])
rows = result.fetchall()
print(json.dumps([[str(type) for type in result.types], *[list(column) for column in zip(*rows)]]))`,
  }
  const TYPES = {
    pyarrow: ['string', 'double', 'int64', 'bool'],
    polars: ['String', 'Float64', 'Int64', 'Boolean'],
    duckdb: ['VARCHAR', 'DOUBLE', 'BIGINT', 'BOOLEAN'],
  }

  describe.each(['pyarrow', 'polars', 'duckdb'] as const)('read by %s', (reader) => {
    it.skipIf(!has(reader))('has the same types, values and nulls', () => {
      // JSON has no NaN and infinities: Python's are left out here and compared above.
      const finite = columns.map((column) => ({
        ...column,
        values: column.values.map((value) =>
          typeof value === 'number' && !Number.isFinite(value) ? 0.5 : value,
        ),
      }))
      const [types, ...values] = python(
        SCRIPTS[reader],
        write(`${reader}.parquet`, toParquet(frameOf(finite))),
      ) as unknown[][]
      expect(types).toEqual(TYPES[reader])
      expect(values).toEqual(finite.map((column) => column.values))
    })
  })
})
