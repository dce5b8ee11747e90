import { describe, expect, it } from 'vitest'
import { TextStream } from '../../src/engine/text-stream.js'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('TextStream', () => {
  it('releases whole characters only', () => {
    const stream = new TextStream([])
    const euro = bytes('€')
    expect(stream.push(euro.subarray(0, 1)).text).toBe('')
    expect(stream.push(euro.subarray(1)).text).toBe('€')
  })

  it('holds back what may begin a stop string, and releases it when it does not', () => {
    const stream = new TextStream(['```'])
    expect(stream.push(bytes('a`')).text).toBe('a')
    expect(stream.push(bytes('`b')).text).toBe('``b')
    expect(stream.push(bytes('``')).text).toBe('')
    expect(stream.end().text).toBe('``')
    expect(stream.text).toBe('a``b``')
  })

  it('ends before the earliest of several stop strings, across pieces', () => {
    const stream = new TextStream(['STOP', 'END'])
    expect(stream.push(bytes('go E')).stopped).toBe(false)
    expect(stream.push(bytes('ND STOP')).stopped).toBe(true)
    expect(stream.text).toBe('go ')
  })
})
