/** What takes two columns of a terminal: East Asian wide characters and emoji (Unicode's UAX 11, roughly). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const NONE = /\p{Mn}|\p{Me}|\p{Cf}/u
const WIDE_SPACE = '\u3000'

/** Columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, one) => sum + (WIDE.test(one) ? 2 : NONE.test(one) ? 0 : 1), 0)
}

/** White space as wide as a text, so that what follows stands under what follows the text: tabs stay tabs. */
export function blank(text: string): string {
  return [...text]
    .map((one) => (one === '\t' ? one : WIDE.test(one) ? WIDE_SPACE : NONE.test(one) ? '' : ' '))
    .join('')
}

/** A line of tildes as wide as a text, at least one. */
export function underline(text: string): string {
  return '~'.repeat(Math.max(1, widthOf(text)))
}
