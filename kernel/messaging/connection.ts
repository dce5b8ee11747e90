import { readFileSync } from 'node:fs'
import { ProtocolError } from '../errors.js'

/** The channels of a kernel, each a port in the connection file. */
const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const
export type Channel = (typeof CHANNELS)[number]

/** What a Jupyter connection file says. */
export interface Connection {
  transport: 'tcp' | 'ipc'
  ip: string
  /** The HMAC key; empty where messages are not signed. */
  key: string
  signature_scheme: string
  shell_port: number
  iopub_port: number
  stdin_port: number
  control_port: number
  hb_port: number
}

/** The ZeroMQ address of a channel. */
export function address(connection: Connection, channel: Channel): string {
  const port = connection[`${channel}_port`]
  return connection.transport === 'ipc' ? `ipc://${connection.ip}-${port}` : `tcp://${connection.ip}:${port}`
}

/** The ports of a connection, as a `connect_reply` names them. */
export function portsOf(connection: Connection): Record<string, number> {
  return Object.fromEntries(
    CHANNELS.map((channel) => [`${channel}_port`, connection[`${channel}_port`]] as const),
  )
}

/**
 * Reads and checks a connection file.
 *
 * @throws ProtocolError where the file is missing, is not JSON, or lacks a field.
 */
export function readConnection(path: string): Connection {
  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new ProtocolError(`The connection file ${path} cannot be read.`, undefined, { cause })
  }
  const fields = (raw ?? {}) as Record<string, unknown>
  for (const channel of CHANNELS) {
    const name = `${channel}_port`
    if (!Number.isInteger(fields[name])) {
      throw new ProtocolError(`The connection file ${path} lacks ${name}: got ${String(fields[name])}.`)
    }
  }
  const scheme = String(fields['signature_scheme'] ?? 'hmac-sha256')
  if (scheme !== 'hmac-sha256') {
    throw new ProtocolError(`Signature scheme ${scheme} is not supported; expected hmac-sha256.`)
  }
  return {
    transport: 'tcp',
    ip: '127.0.0.1',
    key: '',
    ...(fields as Partial<Connection>),
    signature_scheme: scheme,
  } as Connection
}
