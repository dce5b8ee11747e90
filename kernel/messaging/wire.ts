import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { ProtocolError } from '../errors.js'
import { PROTOCOL_VERSION, type JupyterMessage, type MessageHeader } from './message.js'

const DELIMITER = '<IDS|MSG>'

/** Signs, writes and reads messages of one session (Jupyter messaging 5.4, "the wire protocol"). */
export class Wire {
  readonly session = randomUUID()

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
    return [
      ...message.identities,
      Buffer.from(DELIMITER),
      Buffer.from(this.sign(parts)),
      ...parts,
      ...message.buffers,
    ]
  }

  /**
   * Reads the frames of a message.
   *
   * @throws ProtocolError on missing frames, a wrong signature or broken JSON.
   */
  decode(frames: readonly Buffer[]): JupyterMessage {
    const at = frames.findIndex((frame) => frame.toString('latin1') === DELIMITER)
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
    }
    try {
      const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()) as unknown)
      return {
        identities: frames.slice(0, at),
        header: header as MessageHeader,
        parent: parent as Partial<MessageHeader>,
        metadata: (metadata ?? {}) as Record<string, unknown>,
        content: (content ?? {}) as Record<string, unknown>,
        buffers: frames.slice(at + 6),
      }
    } catch (cause) {
      throw new ProtocolError('A message holds broken JSON.', undefined, { cause })
    }
  }

  private sign(parts: readonly Buffer[]): string {
    if (this.key === '') return ''
    const hmac = createHmac('sha256', this.key)
    for (const part of parts) hmac.update(part)
    return hmac.digest('hex')
  }
}
