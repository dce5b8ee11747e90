import { describe, expect, it } from 'vitest'
import { calleeBefore } from '../../kernel/call-site.js'

const nameAt = (code: string) => {
  const at = calleeBefore(code, code.length)
  return at === undefined ? undefined : /^[\w$]+/.exec(code.slice(at))![0]
}

describe('help on a call that is being typed', () => {
  it.each([
    ['nir.sweep(', 'sweep'],
    ['nir.generate("x", { layers: [1, 2], ', 'generate'],
    ['f(g(1), [2], ', 'f'],
    ['f(g(', 'g'],
    ['(1 + ', undefined],
    ['no call', undefined],
  ])('%s', (code, expected) => {
    expect(nameAt(code)).toBe(expected)
  })
})
