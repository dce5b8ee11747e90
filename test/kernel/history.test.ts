import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { matchesGlob } from '../../kernel/server/glob.js'
import { History } from '../../kernel/server/history.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nir-history-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const inputs = (history: History, request: Record<string, unknown>) =>
  (history.reply(request)['history'] as [number, number, string][]).map((entry) => entry[2])

describe('history', () => {
  it('of kernels that run at the same time does not mix', () => {
    const [one, two] = [new History(folder), new History(folder)]
    for (let line = 1; line <= 50; line++) {
      one.add(line, `one ${line}`)
      two.add(line, `two ${line}`)
    }
    expect(inputs(one, { hist_access_type: 'range', session: 0 })).toHaveLength(50)
    const later = new History(folder)
    expect(inputs(later, { hist_access_type: 'range', session: -1 })[49]).toBe('two 50')
    expect(inputs(later, { hist_access_type: 'range', session: -2 })[0]).toBe('one 1')
    expect(inputs(later, { hist_access_type: 'tail', n: 1000 })).toHaveLength(100)
  })

  it('keeps a bounded number of sessions, and gives no number twice', () => {
    for (let number = 1; number <= 600; number++) writeFileSync(join(folder, `${number}.jsonl`), '[1,"x"]\n')
    new History(folder).add(1, 'new')
    const names = readdirSync(folder)
    expect(names.length).toBeLessThanOrEqual(501)
    expect(names).toContain('601.jsonl')
  })

  it('passes over lines that are broken, and does without a folder that cannot be written', () => {
    writeFileSync(join(folder, '1.jsonl'), '[1,"whole"]\n{"not":"an entry"}\n[2,"cut')
    expect(inputs(new History(folder), { hist_access_type: 'tail', n: 10 })).toEqual(['whole'])
    const nowhere = new History('/dev/null/no/folder')
    nowhere.add(1, 'kept in memory')
    expect(inputs(nowhere, { hist_access_type: 'tail', n: 10 })).toEqual(['kept in memory'])
  })

  it('takes lines that count from the end', () => {
    const history = new History()
    for (let line = 1; line <= 5; line++) history.add(line, String(line))
    expect(inputs(history, { hist_access_type: 'range', session: 0, start: -2 })).toEqual(['4', '5'])
    expect(inputs(history, { hist_access_type: 'range', session: 0, start: 2, stop: -1 })).toEqual([
      '2',
      '3',
      '4',
    ])
  })
})

describe('the glob of a search', () => {
  it.each([
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['[ab]1', 'b1', true],
    ['[ab]1', 'c1', false],
    ['a[', 'a[', true],
    ['*b*', 'a\nb\nc', true],
    ['(', '(', true],
  ])('%j on %j: %s', (pattern, text, expected) => expect(matchesGlob(pattern, text)).toBe(expected))

  it('does not run for ever on a hostile pattern', () => {
    expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(2000))).toBe(false)
  })
})
