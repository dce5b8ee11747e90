/** A value as JSON holds it: typed arrays as arrays, big integers as text, numbers that JSON lacks as null. */
export function toJsonValue(value: unknown): unknown {
  return JSON.parse(toJson(value)) as unknown
}

/** The JSON text of a value, with typed arrays as arrays. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (ArrayBuffer.isView(inner) && !(inner instanceof DataView)) return Array.from(inner as Float64Array)
    return typeof inner === 'bigint' ? String(inner) : inner
  })
}

/** JSON that can stand inside a `<script>` element. */
export function toScriptJson(value: unknown): string {
  return toJson(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
