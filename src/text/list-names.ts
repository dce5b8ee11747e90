/** More are not read, but counted. */
const NAMED = 40

/** Names in a row; by semicolons where a name has a comma, as `layer 3, temperature 0.8`. Of very many, the first. */
export function listNames(names: readonly string[]): string {
  const row = names.slice(0, NAMED).join(names.some((name) => name.includes(',')) ? '; ' : ', ')
  return names.length > NAMED ? `${row} and ${names.length - NAMED} more` : row
}
