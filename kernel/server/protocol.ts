import type { MessageHeader } from '../messaging/message.js'

/** What the message server (a Worker) and the executor (the main thread) tell each other. */

/** A message of a client as the main thread gets it. */
interface Forwarded {
  type: string
  content: Record<string, unknown>
  metadata: Record<string, unknown>
  buffers: Uint8Array[]
}

/** A shell message that the main thread answers. */
export interface ForwardedRequest extends Forwarded {
  kind: 'request'
  id: number
  header: MessageHeader
}

/** A comm message that came while a cell runs, for which nothing waits. */
export interface CommDuringCell extends Forwarded {
  kind: 'comm'
}

export type ToExecutor =
  | ForwardedRequest
  | CommDuringCell
  | { kind: 'interrupt' }
  | { kind: 'terminated' }
  | { kind: 'input'; value: string }
  | { kind: 'exit' }

/** `content` is JSON text already, so that a large output crosses the thread as one string. */
export type ToServer =
  | { kind: 'reply'; id: number; content: string }
  | { kind: 'publish'; type: string; content: string; metadata?: string; buffers?: Uint8Array[] }
  | { kind: 'stream'; name: 'stdout' | 'stderr'; text: string }
  /** Outputs from now on belong to this request. */
  | { kind: 'parent'; header: MessageHeader }
  | { kind: 'input'; prompt: string; password: boolean }
  | { kind: 'interrupt-seen' }
  | { kind: 'command'; pid: number; isRunning: boolean }
  | { kind: 'close' }

/** Set by the main thread in shared memory: whether user code may be running, and so may be terminated. */
export const INTERRUPTIBLE = 0

/** Set by the server in shared memory when its sockets are closed, so that a main thread that exits can wait. */
export const CLOSED = 1

/** Set by the server in shared memory when an interrupt is asked for; loops of cells look at it. */
export const INTERRUPTED = 2

/** How many bytes the shared flags take. */
export const FLAG_BYTES = 12

/** What the Worker is started with. */
export interface ServerData {
  connectionFile: string
  /** An Int32Array's memory; see {@link INTERRUPTIBLE}. */
  flags: SharedArrayBuffer
  version: string
  /** Where the history of earlier kernels is kept; without it, only this kernel's is known. */
  history: string | undefined
}
