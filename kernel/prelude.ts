/** Where `nir.help()` finds {@link PRELUDE}. */
export const PRELUDE_HOOK = Symbol.for('nir.prelude')

const SESSION = `
/** The session of this notebook: it is created when the first cell that uses it runs. */
declare const nir: import("nir-lab").Session;`

/** The part of {@link PRELUDE} that is not of `nir`, whose types take TypeScript a second or two to read. */
export const PRELUDE_WITHOUT_SESSION = `
/** A place in the notebook that can be shown anew. */
interface DisplayHandle {
  readonly id: string;
  /** Shows another value in the same place. */
  update(value: unknown): Promise<void>;
}
/**
 * Shows a value as rich output: a DataFrame, a plotly figure, a MIME bundle, or any other value.
 * @category In the notebook
 * @example
 * const place = display('0 %')
 * await place.update('100 %')
 */
declare function display(value: unknown): DisplayHandle;
/**
 * Removes the cell's output: at once, or when the next output comes, which does not flicker.
 * @category In the notebook
 * @example
 * clear({ wait: true })
 */
declare function clear(options?: { wait?: boolean }): void;
/**
 * Asks the user for a line of text; a password is not shown.
 * @category In the notebook
 * @example
 * const token = await input('Token: ', { password: true })
 */
declare function input(prompt?: string, options?: { password?: boolean }): Promise<string>;
/** What a value of a command may be: one word, or a list of words. */
type ShellValue = string | number | bigint | boolean | ShellResult | readonly (string | number | bigint | boolean)[];
/** Where and how a command runs. */
interface ShellOptions {
  /** The folder; default: the notebook's. */
  cwd?: string;
  /** Added to the environment; undefined takes a variable out. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Do not show what the command prints. */
  quiet?: boolean;
}
/** What a command printed, and how it ended. */
interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** The lines of stdout. */
  readonly lines: string[];
  /** stdout without the line ends after it. */
  toString(): string;
}
/**
 * Runs a command in a POSIX shell and shows what it prints as it comes. Values are quoted: each is one word, a list several. With
 * options, gives a tag that runs commands with them.
 * @throws ShellError for an exit code other than 0: it has exitCode, signal, stdout and stderr. An interrupt ends the command
 * and all that it started.
 * @category In the notebook
 * @example
 * const { lines } = await sh\`ls -l \${folder}\`
 * await sh({ cwd: '..', env: { LANG: 'C' }, quiet: true })\`git log --oneline\`
 */
declare const sh: {
  (strings: TemplateStringsArray, ...values: ShellValue[]): Promise<ShellResult>;
  (options: ShellOptions): (strings: TemplateStringsArray, ...values: ShellValue[]) => Promise<ShellResult>;
};
/** How to measure a time. */
interface TimeOptions {
  /** Run the function so often, and print median and extremes. Default 1. */
  runs?: number;
}
/**
 * Runs a function, prints how long it took, and returns its value.
 * @category In the notebook
 * @example
 * const crv = await time('capture', () => nir.capture('a text'))
 * await time(() => nir.capture('a text'), { runs: 7 })
 */
declare function time<T>(work: () => T, options?: TimeOptions): Promise<Awaited<T>>;
declare function time<T>(label: string, work: () => T, options?: TimeOptions): Promise<Awaited<T>>;
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
/**
 * Channels to the front end; libraries find it as globalThis[Symbol.for("nir.comms")].
 * @category In the notebook
 * @example
 * const comm = comms.open('my-widget', { value: 1 })
 */
declare const comms: {
  /** Opens a channel to a target of the front end. */
  open(target: string, data?: object, extra?: CommExtra): Comm;
  /** Lets the front end open channels to a target. */
  register(target: string, handler: (comm: Comm, message: CommMessage) => unknown): void;
};
`

/**
 * The types of what every cell finds: the session, and the functions of the notebook. The values come from the executor; this text is
 * the notebook's first declarations, so that a cell may declare names of its own over them.
 */
export const PRELUDE = SESSION + PRELUDE_WITHOUT_SESSION
