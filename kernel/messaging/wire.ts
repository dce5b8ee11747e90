import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { ProtocolError } from '../errors.js'
import { PROTOCOL_VERSION, type JupyterMessage, type MessageHeader } from './message.js'

const DELIMITER = Buffer.from('<IDS|MSG>')
/** How many signatures are remembered, as in Jupyter's own Session. */
const MAX_SEEN = 65_536

/** Signs, writes and reads messages of one session (Jupyter messaging 5.4, "the wire protocol"). */
export class Wire {
  readonly session = randomUUID()
  private readonly seen = new Set<string>()

  constructor(
    private readonly key: string,
    private readonly username = 'nir',
  ) {}

  /** A fresh header for a message of `type`. */
  header(type: string): MessageHeader {
    return {
      msg_id: randomUUID(),
      session: this.session,
      username: this.username,
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    }
  }

  /** The frames of a message, routing frames first. */
  encode(message: JupyterMessage): Buffer[] {
    const parts = [message.header, message.parent, message.metadata, message.content].map((part) =>
      Buffer.from(JSON.stringify(part)),
    )
    return [...message.identities, DELIMITER, Buffer.from(this.sign(parts)), ...parts, ...message.buffers]
  }

  /**
   * Reads the frames of a message.
   *
   * @throws ProtocolError on missing frames, a wrong or repeated signature, broken JSON, or parts of other types.
   */
  decode(frames: readonly Buffer[]): JupyterMessage {
    const at = frames.findIndex((frame) => frame.equals(DELIMITER))
    if (at < 0 || frames.length < at + 6) {
      throw new ProtocolError(`A message of ${frames.length} frames is not a Jupyter message.`)
    }
    const parts = frames.slice(at + 2, at + 6)
    if (this.key !== '') {
      const given = frames[at + 1]!
      const expected = Buffer.from(this.sign(parts))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new ProtocolError('A message carries a wrong signature.')
      }
      this.refuseRepeated(given.toString('latin1'))
    }
    const [header, parent, metadata, content] = parts.map(parseObject)
    if (!isHeader(header!)) throw new ProtocolError('A message has no msg_id or no msg_type.')
    return {
      identities: frames.slice(0, at),
      header,
      parent: parent!,
      metadata: metadata!,
      content: content!,
      buffers: frames.slice(at + 6),
    }
  }

  /** Whoever listens to the sockets must not be able to run a cell again by sending its message again. */
  private refuseRepeated(signature: string): void {
    if (this.seen.has(signature))
      throw new ProtocolError('A message carries a signature for the second time.')
    this.seen.add(signature)
    if (this.seen.size <= MAX_SEEN) return
    const [oldest] = this.seen
    this.seen.delete(oldest!)
  }

  private sign(parts: readonly Buffer[]): string {
    if (this.key === '') return ''
    const hmac = createHmac('sha256', this.key)
    for (const part of parts) hmac.update(part)
    return hmac.digest('hex')
  }
}

/** A part of a message; Jupyter clients may send `null` for an empty object. */
function parseObject(part: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(part.toString()) ?? {}
  } catch (cause) {
    throw new ProtocolError('A message holds broken JSON.', undefined, { cause })
  }
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new ProtocolError('A part of a message is not a JSON object.')
}

function isHeader(header: Record<string, unknown>): header is Record<string, unknown> & MessageHeader {
  return typeof header['msg_id'] === 'string' && typeof header['msg_type'] === 'string'
}
