import { describe, expect, it } from 'vitest'
import { DataFrame, Series } from 'danfojs-node'
import { Bundler, DISPLAY } from '../../kernel/display/bundler.js'
import { createDisplay } from '../../kernel/display/display.js'
import { PLOTLY_MIME } from '../../kernel/display/plotly.js'
import { PLOTLY_SCRIPT_CLASS } from '../../src/text/plotly-html.js'

const bundle = async (value: unknown, bundler = new Bundler(), cell = 'a') =>
  (await bundler.bundle(value, cell)).data as Record<string, string>

describe('frames', () => {
  it('are tables with types, counts of nulls and their size, with values escaped', async () => {
    const frame = new DataFrame([
      { a: 1, b: '<script>' },
      { a: 2.5, b: null },
    ])
    const html = (await bundle(frame))['text/html']!
    expect(html).toContain('string · 1 null')
    expect(html).toContain('&lt;script&gt;')
    expect(html).not.toContain('<script>')
    expect(html).toContain('2 rows × 2 columns')
    expect((await bundle(frame))['text/plain']).toContain('2.5')
  })

  it('are cut when long', async () => {
    const frame = new DataFrame(Array.from({ length: 500 }, (_, a) => ({ a })))
    const html = (await bundle(frame))['text/html']!
    expect(html.match(/<tr>/g)!.length).toBeLessThan(60)
    expect(html).toContain('500 rows × 1 column')
    expect(html).toContain('>499<')
  })

  it('may be series', async () => {
    expect((await bundle(new Series([1, 2, 3])))['text/html']).toContain('3 rows')
  })

  it('are aligned text in a terminal, wide characters too, with types, nulls and size', async () => {
    const frame = new DataFrame([
      { a: 1, name: '日本', ok: true },
      { a: 2.123456789, name: 'two\nlines that are longer than a cell', ok: null },
    ])
    expect((await bundle(frame))['text/plain']).toBe(
      [
        '         a  name                      ok',
        '   float32  string                    float32 · 1 null',
        '0        1  日本                      true',
        '1  2.12346  two lines that are long…  null',
        '2 rows × 3 columns',
      ].join('\n'),
    )
  })

  it('are shown when empty', async () => {
    expect((await bundle(new Series([])))['text/plain']).toBe('0 rows × 0 columns')
    expect((await bundle(new DataFrame([], { columns: ['a', 'b'] })))['text/plain']).toBe(
      '  a  b\n0 rows × 2 columns',
    )
  })

  it('are cut when wide or of many rows, and quick all the same', async () => {
    const wide = await bundle(new DataFrame([Array.from({ length: 100 }, (_, i) => i)]))
    const lines = wide['text/plain']!.split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(lines.at(-1)).toMatch(/^1 row × 100 columns \(\d+ more to the right\)$/)
    expect(wide['text/html']).toContain('1 row × 100 columns (40 shown)')
    const long = new DataFrame(Array.from({ length: 1e5 }, (_, i) => [i, `text ${i}`]))
    const began = performance.now()
    const text = (await bundle(long))['text/plain']!
    expect(performance.now() - began).toBeLessThan(5000)
    expect(text.split('\n')).toHaveLength(19)
    expect(text).toContain('99999  99999  text 99999')
  })
})

describe('figures', () => {
  const figure = {
    data: [{ type: 'bar', y: new Float32Array([1, Number.NaN]) }],
    layout: { title: { text: '</script>' } },
  }

  it('have both forms, typed arrays as arrays, and no way out of their script', async () => {
    const data = await bundle(figure, new Bundler())
    expect(data[PLOTLY_MIME]).toMatchObject({ data: [{ type: 'bar', y: [1, null] }] })
    const own = data['text/html']!.slice(data['text/html']!.indexOf('<div'))
    expect(own.match(/<\/script>/g)).toHaveLength(1)
  })

  it('carry plotly.js once in a notebook, and again when that cell runs again', async () => {
    const bundler = new Bundler()
    const carries = async (cell: string) =>
      (await bundle(figure, bundler, cell))['text/html']!.includes(PLOTLY_SCRIPT_CLASS)
    expect(await carries('first')).toBe(true)
    expect(await carries('second')).toBe(false)
    expect(await carries('first')).toBe(true)
  })

  it('are not every object with data', async () => {
    expect(await bundle({ data: [1, 2] })).not.toHaveProperty(PLOTLY_MIME)
    expect(await bundle({ data: [] })).not.toHaveProperty(PLOTLY_MIME)
  })
})

describe('other values', () => {
  it('may describe themselves, at once or later', async () => {
    expect(await bundle({ [DISPLAY]: () => ({ 'text/html': '<i>x</i>' }) })).toMatchObject({
      'text/html': '<i>x</i>',
    })
    const later = { [DISPLAY]: () => Promise.resolve({ 'text/plain': 'later' }) }
    expect(await bundle(later)).toEqual({ 'text/plain': 'later' })
  })

  it('may be MIME bundles, with images as bytes', async () => {
    const data = await bundle({ 'image/png': new Uint8Array([1, 2, 3]) })
    expect(data).toEqual({ 'image/png': 'AQID', 'text/plain': '[display]' })
  })

  it('may leave out a form by giving undefined', async () => {
    const value = { [DISPLAY]: () => ({ 'text/html': '<b>1</b>', 'text/plain': undefined }) }
    expect(await bundle(value)).toEqual({ 'text/html': '<b>1</b>', 'text/plain': '[display]' })
  })

  it('are no generations when they are lists of holes', async () => {
    expect(await bundle(new Array(3))).toEqual({ 'text/plain': '[ <3 empty items> ]' })
  })

  it('are inspected', async () => {
    expect(await bundle({ a: [1] })).toEqual({ 'text/plain': '{ a: [ 1 ] }' })
  })
})

describe('display', () => {
  it('keeps the order although a bundle is promised', async () => {
    const shown: unknown[] = []
    const publish = (_: string, content: Record<string, unknown>) => shown.push(content['data'])
    const { display, settled } = createDisplay(new Bundler(), () => ({ cell: 'cell', publish }))
    const slow = { 'text/plain': 'slow' }
    display({ [DISPLAY]: () => new Promise((resolve) => setTimeout(() => resolve(slow), 20)) })
    const quick = display({ 'text/plain': 'quick' })
    await quick.update({ 'text/plain': 'updated' })
    await settled()
    expect(shown.map((data) => (data as Record<string, string>)['text/plain'])).toEqual([
      'slow',
      'quick',
      'updated',
    ])
  })
})
