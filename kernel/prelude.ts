/**
 * The types of what every cell finds: the session, `display`, `clear`, `input` and `comms`. The values come from the executor; this text
 * is the notebook's first declarations, so that a cell may declare names of its own over them.
 */
export const PRELUDE = `
/** The session of this notebook: it is created when the first cell that uses it runs. */
declare const nir: import("nir-lab").Session;
/** A place in the notebook that can be shown anew. */
interface DisplayHandle {
  readonly id: string;
  /** Shows another value in the same place. */
  update(value: unknown): Promise<void>;
}
/** Shows a value as rich output: a DataFrame, a plotly figure, a MIME bundle, or any other value. */
declare function display(value: unknown): DisplayHandle;
/** Removes the cell's output: at once, or when the next output comes, which does not flicker. */
declare function clear(options?: { wait?: boolean }): void;
/** Asks the user for a line of text; a password is not shown. */
declare function input(prompt?: string, options?: { password?: boolean }): Promise<string>;
/** What one side of a comm sends to the other. */
interface CommMessage {
  readonly data: any;
  readonly metadata: any;
  readonly buffers: readonly Uint8Array[];
}
interface CommExtra {
  metadata?: object;
  buffers?: readonly Uint8Array[];
}
/** A channel between the notebook and the front end, as widgets use it. */
interface Comm {
  readonly id: string;
  readonly target: string;
  /** Sends data to the front end. */
  send(data: object, extra?: CommExtra): void;
  /** Closes the channel on both sides. */
  close(data?: object, extra?: CommExtra): void;
  /** Called for each message of the front end. */
  onMessage(handler: (message: CommMessage) => unknown): void;
  /** Called when the front end closes the channel. */
  onClose(handler: (message: CommMessage) => unknown): void;
}
/** Channels to the front end; libraries find it as globalThis[Symbol.for("nir.comms")]. */
declare const comms: {
  /** Opens a channel to a target of the front end. */
  open(target: string, data?: object, extra?: CommExtra): Comm;
  /** Lets the front end open channels to a target. */
  register(target: string, handler: (comm: Comm, message: CommMessage) => unknown): void;
};
`
