import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../kernel/errors.js'
import { Wire } from '../../kernel/messaging/wire.js'
import { toCodePoints, toOffset } from '../../kernel/text-position.js'

const wire = new Wire('a key')
const message = (content: Record<string, unknown>) => ({
  identities: [Buffer.from('peer')],
  header: wire.header('execute_request'),
  parent: {},
  metadata: {},
  content,
  buffers: [Buffer.from([1, 2])],
})

describe('the wire', () => {
  it('gives back what it was given', () => {
    const sent = message({ code: 'π = "é"' })
    expect(wire.decode(wire.encode(sent))).toEqual(sent)
  })

  it('refuses a changed message, another key and missing frames', () => {
    const frames = wire.encode(message({ code: '1' }))
    const changed = frames.with(6, Buffer.from('{"code":"2"}'))
    expect(() => wire.decode(changed)).toThrow(ProtocolError)
    expect(() => new Wire('another key').decode(frames)).toThrow('wrong signature')
    expect(() => wire.decode(frames.slice(0, 4))).toThrow(ProtocolError)
  })

  it('signs as the protocol says: HMAC-SHA256 over the four parts', () => {
    const parts = ['{"msg_id":"a","msg_type":"b"}', '{}', '{}', '{"b":2}'].map((text) => Buffer.from(text))
    // printf '%s' '{"msg_id":"a","msg_type":"b"}{}{}{"b":2}' | openssl dgst -sha256 -hmac 'a key'
    const signature = 'f885445c7cbbdb92dc1bbc0d24282448718f2a960941239a30e4b5ebc2ad80ef'
    expect(wire.decode([Buffer.from('<IDS|MSG>'), Buffer.from(signature), ...parts]).content).toEqual({
      b: 2,
    })
  })
})

describe('cursor positions', () => {
  it('are counted in code points by Jupyter, in UTF-16 by TypeScript', () => {
    expect(toOffset('😀ab', 2)).toBe(3)
    expect(toCodePoints('😀ab', 3)).toBe(2)
  })
})
