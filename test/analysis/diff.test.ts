import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { linePairs } from '../../src/analysis/diff/line-pairs.js'
import { pythonLines } from '../../src/text/python-html.js'
import { diffArms, Sweep, type SweepRecord } from '../../src/index.js'
import { record } from './records.js'

const generation = (text: string, more: Partial<SweepRecord> = {}) => ({
  arm: 'original',
  text,
  stopReason: 'stop',
  ...more,
})
const BEFORE = 'def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total\n'
const AFTER =
  'def f(xs):\n    result = 0\n    for x in xs:\n        result += x * 2\n    print(result)\n    return result'

/** The code of one side of the table, read back from its HTML. */
function codeIn(html: string, side: 'before' | 'after'): string {
  const rows = [...html.matchAll(/<tr><td.*?<\/tr>/gs)].map(([row]) => [
    ...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs),
  ])
  const [number, code] = side === 'before' ? [0, 1] : [2, 3]
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'" }
  return rows
    .filter((cells) => cells[number]![1] !== '')
    .map((cells) =>
      cells[code]![1]!.replace(/<[^>]*>/g, '').replace(/&(.*?);/g, (_, name: string) => entities[name]!),
    )
    .join('\n')
}

describe('a diff of two arms', () => {
  it('is a unified diff in a console, with what is known of both', () => {
    const diff = diffArms(
      generation(BEFORE, { taskId: 7, outcome: 'failed', metrics: { lines: 5 } }),
      generation(AFTER, { taskId: 7, arm: 'layer 3', outcome: 'passed' }),
    )
    expect(inspect(diff)).toBe(
      [
        '--- problem 7 · original · failed · lines 5 · ended by stop',
        '+++ problem 7 · layer 3 · passed · ended by stop',
        '@@ -1,5 +1,6 @@',
        ' def f(xs):',
        '-    total = 0',
        '+    result = 0',
        '     for x in xs:',
        '-        total += x',
        '-    return total',
        '+        result += x * 2',
        '+    print(result)',
        '+    return result',
      ].join('\n'),
    )
  })

  it('says when both wrote the same', () => {
    const diff = diffArms(generation('a\n'), generation('a', { arm: 'layer 1' }))
    expect(diff.same).toBe(true)
    expect(diff.toText()).toBe(
      '--- original · ended by stop\n+++ layer 1 · ended by stop\nBoth are the same.',
    )
    expect(diff.toHTML()).not.toContain('<mark>')
  })

  it('puts lines beside what they have become, and marks the words', () => {
    const html = diffArms(generation(BEFORE), generation(AFTER)).toHTML()
    expect([...html.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, words]) => words)).toEqual([
      'total',
      'result',
      'total',
      'result',
      ' * ',
      '2',
      'total',
      'result',
    ])
    const pairs = linePairs(BEFORE.trimEnd().split('\n'), AFTER.split('\n'))
    expect(pairs.map(({ before, after, changed }) => [before, after, changed])).toEqual([
      [0, 0, false],
      [1, 1, true],
      [2, 2, false],
      [3, 3, true],
      [null, 4, true],
      [4, 5, true],
    ])
  })

  it('holds the code of both, and no markup of it', () => {
    const hostile = [
      '<script>alert(1)</script> = "</td></table><img src=x onerror=alert(1)>"',
      'x = \'&lt;b&gt;\' & "&amp;" # <!-- </pre>',
      'def <b>f</b>(): """<style>',
      '</style>"""',
    ]
    const before = generation(hostile.join('\n'), { arm: '<b>bold</b>' })
    const after = generation(hostile.map((line) => line.replace('<', '<<i>')).join('\n'))
    const html = diffArms(before, after).toHTML()
    const table = html.slice(html.indexOf('<table'))
    const tags = new Set([...table.matchAll(/<\/?([^\s>]*)/g)].map(([, name]) => name))
    expect([...tags].sort()).toEqual('col colgroup mark span table tbody td th thead tr'.split(' '))
    expect(html.match(/<style>/g)).toHaveLength(1)
    expect(codeIn(html, 'before')).toBe(before.text)
    expect(codeIn(html, 'after')).toBe(after.text)
  })

  it('takes what is large, empty, or of other line ends', () => {
    const many = (word: string) =>
      generation(Array.from({ length: 400 }, (_, i) => `${word}${i} = ${i}`).join('\n'))
    const html = diffArms(many('a'), many('b')).toHTML()
    expect(codeIn(html, 'after')).toBe(many('b').text)
    expect(diffArms(generation(''), generation('x')).toText()).toContain('@@ -0,0 +1,1 @@\n+x')
    expect(diffArms(generation('a\r\nb'), generation('a\nb')).same).toBe(true)
  })

  it('comes from a sweep by problem and arms', () => {
    const sweep = new Sweep([
      record({ taskId: 1, arm: 'original', text: 'a' }),
      record({ taskId: 1, arm: 'layer 2', layer: 2, text: 'b' }),
    ])
    expect(sweep.diff(1, 'original', 'layer 2').toText()).toContain('-a\n+b')
    expect(() => sweep.diff(1, 'original', 'layer 3')).toThrow('Of this problem there are layer 2, original')
    expect(() => sweep.diff(2, 'original', 'layer 2')).toThrow('There are the problems 1.')
  })
})

describe('highlighted lines', () => {
  it('hold the text of the code, line by line', () => {
    const code = 'def f():\n    """a < b\n    & \'c\' """\n\n    return "\\n<x>"  # &amp; \u{1f600}\n'
    const lines = pythonLines(code).map((pieces) => pieces.map(({ text }) => text).join(''))
    expect(lines.join('\n')).toBe(code)
    expect(pythonLines('return 1')[0]![0]).toEqual({ text: 'return', kind: 'hljs-keyword' })
  })
})
