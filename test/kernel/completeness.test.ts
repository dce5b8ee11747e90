import { describe, expect, it } from 'vitest'
import { completeness } from '../../kernel/convert/completeness.js'
import { tslabRequire } from '../../kernel/convert/tslab.js'

const ts: unknown = tslabRequire('@tslab/typescript-for-tslab')
const of = (source: string) => completeness(ts, source)

describe('is a cell complete?', () => {
  it.each(['', '1', 'await x', 'const x = `a\n${1}`', 'for await (const x of y) {\n}', 'f(() => {\n})'])(
    'yes: %j',
    (source) => expect(of(source)).toEqual({ status: 'complete' }),
  )

  it.each([
    ['function f() {', 1],
    ['function f() {\n  if (x) {', 2],
    ['f({', 1],
    ['f({\n  a: [1,', 2],
    ['f(function () {\n  return 1\n', 1],
    ['if (x)', 1],
    ['const y =', 1],
    ['`text', 0],
    ['f(`${a}`', 1],
    ['/* open', 0],
    ['"continued\\', 0],
    ['class A', 0],
  ])('not yet: %j, with %i steps of indent', (source, steps) => {
    expect(of(source)).toEqual({ status: 'incomplete', indent: '  '.repeat(steps) })
  })

  it.each(['foo bar', '}', '"open', 'if (a {', 'function f() {\n\n\n', '/ab'])('never: %j', (source) =>
    expect(of(source)).toEqual({ status: 'invalid' }),
  )
})
