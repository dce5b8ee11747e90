import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type * as checkerModule from '../../src/cli/parameters/checker.js'
import { UsageError } from '../../src/cli/errors.js'
import { textOf } from '../../src/cli/notebook/notebook.js'
import { candidates, parseParameter, readParametersFile } from '../../src/cli/parameters/given.js'
import { injectParameters, parameterSources } from '../../src/cli/parameters/inject.js'
import { importBuilt } from '../kernel/built.js'
import { code, markdown, nir, notebookFile, notebookOf, read } from './notebooks.js'

const TAGGED = `import type { Place } from './place'
// how many problems are swept
const problemCount = 20
let model: string | undefined = undefined   // a GGUF
const layers: number[] = [1, 2]
const mode: 'depth' | 'window' = 'depth'

// not a comment on the next line

const options = { keep: true, scale: 0.5 }, label = 'x'
/** Where
 *  things go. */
const place: Place = { folder: 'runs' }`

/** A notebook with typed parameters, one of them of a type in a file beside it. */
function typedNotebook(): string {
  const path = notebookFile(
    code('type Label = string'),
    code(TAGGED, ['parameters']),
    code('[problemCount, model, layers, mode, options, label, place]'),
  )
  writeFileSync(
    join(dirname(path), 'place.ts'),
    'export interface Place { folder: string; clean?: boolean }\n',
  )
  return path
}

describe('parameters as given', () => {
  it('are name=value', () => {
    expect(parseParameter('a=1')).toEqual({ name: 'a', text: '1' })
    expect(parseParameter('a=x=y')).toEqual({ name: 'a', text: 'x=y' })
    expect(parseParameter('a=')).toEqual({ name: 'a', text: '' })
    expect(() => parseParameter('=1')).toThrow(UsageError)
    expect(() => parseParameter('a b=1')).toThrow(UsageError)
  })

  it('may be JSON values or text, in this order', () => {
    expect(candidates({ name: 'a', text: '[1,"b"]' })).toEqual([[1, 'b'], '[1,"b"]'])
    expect(candidates({ name: 'a', text: 'b' })).toEqual(['b'])
    expect(candidates({ name: 'a', value: '5' })).toEqual(['5'])
  })

  it('come from YAML and JSON, and from nothing else', async () => {
    const file = (content: string) => {
      const path = join(dirname(notebookFile()), 'parameters.yaml')
      writeFileSync(path, content)
      return readParametersFile(path)
    }
    expect(await file('a: 5\nb: "5"\nc: [1, {d: x}]\n')).toEqual([
      { name: 'a', value: 5 },
      { name: 'b', value: '5' },
      { name: 'c', value: [1, { d: 'x' }] },
    ])
    expect(await file('{"a": null}')).toEqual([{ name: 'a', value: null }])
    await expect(file('- a')).rejects.toThrow('is not a mapping')
    await expect(file('a b: 1')).rejects.toThrow('"a b", which is no name')
    await expect(file('a: [1')).rejects.toThrow(UsageError)
  })
})

describe('injecting', () => {
  const one = { name: 'a', value: 5, type: undefined }

  it('replaces an injected cell of an earlier run', () => {
    const notebook = notebookOf(markdown('x'), code('const a = 1, b = ""', ['parameters']), code('a'))
    injectParameters(notebook, [one])
    injectParameters(notebook, [{ name: 'b', value: 'y', type: 'string' }, one])
    expect(notebook.cells).toHaveLength(4)
    expect(textOf(notebook.cells[2]!.source)).toBe('// Parameters\nlet b: string = "y"\nlet a = 5')
    expect(parameterSources(notebook)).toEqual({ before: [], tagged: 'const a = 1, b = ""' })
  })

  it('comes first where no cell is tagged', () => {
    const notebook = notebookOf(code('a'))
    injectParameters(notebook, [one])
    expect(notebook.cells[0]!.metadata.tags).toEqual(['injected-parameters'])
  })
})

describe('the checker', async () => {
  const { ParameterChecker } = await importBuilt<typeof checkerModule>('src/cli/parameters/checker.js')
  const path = typedNotebook()
  const checker = new ParameterChecker(dirname(path), parameterSources(read(path)))

  it.each([
    ['problemCount=abc', 'number', "Type 'string' is not assignable to type 'number'."],
    ['problemCount=null', 'number', "Type 'null' is not assignable to type 'number'."],
    ['mode=deep', '"depth" | "window"', `Type '"deep"' is not assignable to type '"depth" | "window"'.`],
    ['layers=[1,"2"]', 'number[]', "Type 'string' is not assignable to type 'number'."],
    ['options={"keep":true}', '{ keep: boolean; scale: number; }', "Property 'scale' is missing"],
    ['place={"folder":1}', 'Place', "Type 'number' is not assignable to type 'string'."],
    ['place={"folder":"x","other":1}', 'Place', 'not assignable to type'],
    ['class=1', undefined, 'not allowed'],
  ])('refuses %s', (argument, type, why) => {
    const given = parseParameter(argument)
    expect(checker.resolve(given)).toMatchObject({
      name: given.name,
      type,
      why: expect.stringContaining(why),
    })
  })

  it.each([
    ['problemCount=1e3', 1000],
    ['label=5', '5'],
    ['label=', ''],
    ['label=true', 'true'],
    ['label="x"', 'x'],
    ['model=null', 'null'],
    ['mode="window"', 'window'],
    ['unknown=5', 5],
    ['unknown=x', 'x'],
  ])('takes %s', (argument, value) => {
    expect(checker.resolve(parseParameter(argument))).toMatchObject({ value })
  })
})

describe('nir run with parameters', { timeout: 180_000 }, () => {
  it('reads text as the declared type wants it, and keeps that type', async () => {
    const path = typedNotebook()
    const out = join(dirname(path), 'out.ipynb')
    const file = join(dirname(path), 'p.yaml')
    writeFileSync(file, 'problemCount: 3\nplace: { folder: there, clean: true }\n')
    const given = [
      'problemCount=7',
      'model=5',
      'layers=[]',
      'mode=window',
      'options={"keep":false,"scale":2}',
      'label=5',
    ]
    const { status, stderr } = await nir([
      'run',
      path,
      '-o',
      out,
      '-f',
      file,
      ...given.flatMap((one) => ['-p', one]),
    ])
    expect(status, stderr).toBe(0)
    const injected = read(out).cells[2]!
    expect(injected.metadata.tags).toEqual(['injected-parameters'])
    expect(textOf(injected.source).split('\n')).toEqual([
      '// Parameters',
      'let problemCount: number = 7',
      'let place: Place = {"folder":"there","clean":true}',
      'let model: string | undefined = "5"',
      'let layers: number[] = []',
      'let mode: "depth" | "window" = "window"',
      'let options: { keep: boolean; scale: number; } = {"keep":false,"scale":2}',
      'let label: string = "5"',
    ])
    const [result] = read(out).cells[3]!.outputs!
    const data = result?.output_type === 'execute_result' ? result.data : {}
    expect(textOf(data['text/plain']).replace(/\s+/g, ' ')).toBe(
      "[ 7, '5', [], 'window', { keep: false, scale: 2 }, '5', { folder: 'there', clean: true } ]",
    )
    expect(read(path).cells).toHaveLength(3)
  })

  it('refuses what does not fit before anything runs', async () => {
    const path = typedNotebook()
    const before = read(path)
    const { status, stderr } = await nir(['run', path, '-p', 'problemCount=abc'])
    expect(status).toBe(2)
    expect(stderr).toBe(
      "nir: The parameter problemCount is number, and cannot be abc: Type 'string' is not assignable to type " +
        "'number'. See nir run NOTEBOOK --help-notebook.\n",
    )
    expect(read(path)).toEqual(before)
  })

  it('warns of a parameter that is not declared, and sets it', async () => {
    const path = notebookFile(code('other', []))
    const { status, stderr } = await nir(['run', path, '-p', 'other={"a":1}'])
    expect(status, stderr).toBe(0)
    expect(stderr).toContain('declares no parameter other; it is set all the same.')
    expect(read(path).cells[1]!.outputs).toMatchObject([{ data: { 'text/plain': ['{ a: 1 }'] } }])
  })

  it('says so where the tagged cell does not compile', async () => {
    const { status, stderr } = await nir([
      'run',
      notebookFile(code('const a: = 1', ['parameters'])),
      '-p',
      'a=1',
    ])
    expect(status).toBe(1)
    expect(stderr).toContain('The cell tagged parameters does not compile: Type expected. (line 1)')
  })

  it('lists them with types, defaults and comments', async () => {
    const { status, stdout } = await nir(['run', typedNotebook(), '--help-notebook'])
    expect(status).toBe(0)
    expect(stdout.trim().split('\n').slice(2)).toEqual([
      '  problemCount  number = 20   // how many problems are swept',
      '  model         string | undefined = undefined   // a GGUF',
      '  layers        number[] = [1, 2]',
      '  mode          "depth" | "window" = \'depth\'',
      '  options       { keep: boolean; scale: number; } = { keep: true, scale: 0.5 }',
      "  label         string = 'x'",
      "  place         Place = { folder: 'runs' }   // Where things go.",
    ])
    const none = await nir(['run', notebookFile(code('1')), '--help-notebook'])
    expect(none.stdout).toContain('declares no parameters')
  })
})
