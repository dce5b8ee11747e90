import { describe, expect, it } from 'vitest'
import { contextText } from '../../src/nir/context-text.js'
import { readSections } from '../../src/nir/sections.js'

const reply = `<thinking>
Sum the list.
</thinking>
<reflection>
f([]) is 0.
</reflection>
<solution>
def f(xs):
    return sum(xs)
</solution>
<context_generation>
Return the sum.
</context_generation>`

describe('readSections', () => {
  it('reads every section, trimmed', () => {
    expect(readSections(reply)).toEqual({
      thinking: 'Sum the list.',
      reflection: 'f([]) is 0.',
      solution: 'def f(xs):\n    return sum(xs)',
      context: 'Return the sum.',
    })
  })

  it('gives null for what is missing or not closed', () => {
    expect(readSections('<thinking>a</thinking><solution>def f(): pass')).toEqual({
      thinking: 'a',
      reflection: null,
      solution: null,
      context: null,
    })
  })

  it('is linear on hostile text', () => {
    const hostile = '<thinking></solution>'.repeat(200_000)
    const startedAt = performance.now()
    readSections(hostile)
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })
})

describe('contextText', () => {
  const context = (text: string) => contextText(text, readSections(text))

  it('is the restated problem and the solution', () => {
    expect(context(reply)).toBe('Proposed solution context: Return the sum.\ndef f(xs):\n    return sum(xs)')
  })

  it('lets the functions of the reply stand in for a missing section', () => {
    expect(
      context('I think:\ndef f(x):\n    return x\n<context_generation>Give x back.</context_generation>'),
    ).toBe('Proposed solution context: Give x back.\ndef f(x):\n    return x')
    expect(context('def f(x):\n    return x')).toBe('Proposed solution context: def f(x):\n    return x')
    expect(context('nothing of use')).toBe('Proposed solution context: ')
  })
})
