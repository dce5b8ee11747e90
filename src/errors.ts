/**
 * The base of every error that NIR Lab raises on purpose. The message says what was given and what was
 * expected; {@link NirError.remedy} says what to do next.
 */
export class NirError extends Error {
  /** A stable identifier, for programs: for example `LAYER_OUT_OF_RANGE`. */
  readonly code: string
  /** What to do next, in a sentence. */
  readonly remedy: string

  constructor(code: string, message: string, remedy: string, options?: ErrorOptions) {
    super(`${message}${message.endsWith('\n') ? '' : ' '}${remedy}`.trim(), options)
    this.name = new.target.name
    this.code = code
    this.remedy = remedy
  }
}
