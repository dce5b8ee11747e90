/** A declaration with its TSDoc. */
export interface Documented {
  readonly name: string
  /** As declared, without the comment. */
  readonly signature: string
  /** The text before the first tag. */
  readonly description: string
  /** Tag and text, in their order: `['throws', 'ClosedError; …']`. */
  readonly tags: readonly (readonly [tag: string, text: string])[]
}

const COMMENT = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*/g
const NAME = /^(?:(?:export|declare|readonly|static|abstract|get|function|const)\s+)*([\w$]+)/

/**
 * What the text of a declaration file (`.d.ts`, as TypeScript writes it) documents, in its order: the comments in it and what
 * each stands before. A declaration without a body that is meant to be read by people needs no compiler to be read.
 */
export function documented(text: string): Documented[] {
  return [...text.matchAll(COMMENT)].flatMap((match) => {
    const signature = declarationAt(text, match.index + match[0].length)
    const name = NAME.exec(signature)?.[1]
    return name === undefined ? [] : [{ name, signature, ...read(match[1]!) }]
  })
}

/** The text of a class's body in a declaration file. */
export function classBody(text: string, name: string): string {
  return (
    new RegExp(`^(?:export )?declare (?:abstract )?class ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(
      text,
    )?.[1] ?? ''
  )
}

/** The declaration that begins at an offset, with the overloads that follow it uncommented. */
function declarationAt(text: string, start: number): string {
  const first = statementAt(text, start)
  const name = NAME.exec(first)?.[1]
  const next = text.slice(start + first.length + 1)
  const indent = /^\s*/.exec(next)![0]
  const isOverload = name !== undefined && NAME.exec(next.slice(indent.length))?.[1] === name
  const rest = isOverload ? `\n${declarationAt(text, start + first.length + 1 + indent.length)}` : ''
  return first.replace(/\n {4}/g, '\n') + rest
}

/** The text up to the semicolon outside all brackets. */
function statementAt(text: string, start: number): string {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]!
    if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) depth--
    else if (character === ';' && depth === 0) return text.slice(start, at)
  }
  return text.slice(start)
}

function read(comment: string): Pick<Documented, 'description' | 'tags'> {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
  const [description = '', ...tags] = lines.join('\n').split(/^@(?=\w)/m)
  return {
    description: prose(description),
    tags: tags.map((tag) => {
      const [, name, text] = /^(\w+)\s*(.*)$/s.exec(tag)!
      return [name!, name === 'example' ? text!.trimEnd().replace(/^\n+/, '') : prose(text!)]
    }),
  }
}

/** Joins the lines of each paragraph, and shows links as what they name. */
function prose(text: string): string {
  return text
    .trim()
    .replace(/\{@link\s+(?:[^}|]*\|\s*)?([^}|]+?)\s*\}/g, '$1')
    .replace(/([^\n])\n(?!\n)/g, '$1 ')
}
