/** Names in a row; by semicolons where a name has a comma, as `layer 3, temperature 0.8`. */
export function listNames(names: readonly string[]): string {
  return names.join(names.some((name) => name.includes(',')) ? '; ' : ', ')
}
