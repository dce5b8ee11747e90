/** What the message server (a Worker) and the executor (the main thread) tell each other. */

/** A shell request that the main thread answers. */
export interface ForwardedRequest {
  kind: 'request'
  id: number
  type: string
  content: Record<string, unknown>
  metadata: Record<string, unknown>
}

export type ToExecutor =
  | ForwardedRequest
  | { kind: 'interrupt' }
  | { kind: 'terminated' }
  | { kind: 'input'; value: string }
  | { kind: 'exit' }

/** `content` is JSON text already, so that a large output crosses the thread as one string. */
export type ToServer =
  | { kind: 'reply'; id: number; content: string }
  | { kind: 'publish'; type: string; content: string }
  | { kind: 'stream'; name: 'stdout' | 'stderr'; text: string }
  | { kind: 'input'; prompt: string; password: boolean }
  | { kind: 'interrupt-seen' }
  | { kind: 'close' }

/** Set by the main thread in shared memory: whether user code may be running, and so may be terminated. */
export const INTERRUPTIBLE = 0

/** Set by the server in shared memory when its sockets are closed, so that a main thread that exits can wait. */
export const CLOSED = 1

/** How many bytes the shared flags take. */
export const FLAG_BYTES = 8

/** What the Worker is started with. */
export interface ServerData {
  connectionFile: string
  /** An Int32Array's memory; see {@link INTERRUPTIBLE}. */
  flags: SharedArrayBuffer
  version: string
}
