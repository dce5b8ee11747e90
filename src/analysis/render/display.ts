/** The method that Jupyter kernels for JavaScript ask for (Deno's convention): MIME type → content. */
export const jupyterDisplay: unique symbol = Symbol.for('Jupyter.display') as never

/** What a table shows in a notebook. */
export interface TableBundle {
  readonly 'text/html': string
  readonly 'text/plain': string
}
