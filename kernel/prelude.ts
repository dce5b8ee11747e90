/**
 * The types of what every cell finds: the session, `display` and `input`. The values come from the executor; this text
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
/** Asks the user for a line of text. */
declare function input(prompt?: string, options?: { password?: boolean }): Promise<string>;
`
