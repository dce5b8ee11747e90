/** A MIME bundle: each type with its text (or JSON value, for JSON types). */
export type MimeBundle = Record<string, unknown>

/** What front ends are given of a value. */
export interface DisplayData {
  data: MimeBundle
  metadata: Record<string, unknown>
}

const MIME = /^(text|image|application|audio|video)\/[\w.+-]+$/

/** Whether a value is a plain object whose keys are all MIME types. */
export function isMimeBundle(value: unknown): value is MimeBundle {
  if (!isPlainObject(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => MIME.test(key))
}

/** Whether a value is an object of `{…}`, of this or another realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
