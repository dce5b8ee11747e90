/** The header of a Jupyter message. */
export interface MessageHeader {
  msg_id: string
  session: string
  username: string
  date: string
  msg_type: string
  version: string
}

/** A decoded Jupyter message. */
export interface JupyterMessage {
  /** ZeroMQ routing frames, empty on a client. */
  identities: Buffer[]
  header: MessageHeader
  /** The header of the message that caused this one, or an empty object. */
  parent: Partial<MessageHeader>
  metadata: Record<string, unknown>
  content: Record<string, unknown>
  buffers: Buffer[]
}

/** The version of the messaging protocol that this kernel speaks. */
export const PROTOCOL_VERSION = '5.4'
