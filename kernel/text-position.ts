/** The UTF-16 offset in `text` of a cursor that Jupyter counts in code points. */
export function toOffset(text: string, codePoints: number): number {
  let offset = 0
  for (let count = 0; count < codePoints && offset < text.length; count++) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1
  }
  return offset
}

/** The count of code points in `text` before a UTF-16 offset. */
export function toCodePoints(text: string, offset: number): number {
  return [...text.slice(0, offset)].length
}
