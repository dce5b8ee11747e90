import { inspect } from 'node:util'
import { NirError } from '../../errors.js'
import { helpEntries, type HelpEntry } from './entries.js'
import { entryHtml, entryText, overviewHtml, overviewText } from './render.js'

/** What there is no help on. */
export class HelpError extends NirError {}

/** Documentation to read: a notebook shows it as HTML, a console as text. See {@link Session.help}. */
export class Help {
  /** @internal */
  constructor(
    private readonly text: string,
    private readonly html: string,
  ) {}

  /** As plain text. */
  toString(): string {
    return this.text
  }

  /** As plain text, for `console.log`. */
  [inspect.custom](): string {
    return this.text
  }

  /** For our kernel. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.text, 'text/html': this.html }
  }
}

/**
 * Help on a topic, or on all there is.
 * @throws {@link HelpError} `NO_HELP`.
 */
export function help(topic: string | ((...args: never[]) => unknown) | undefined): Help {
  const entries = helpEntries()
  if (topic === undefined) return new Help(overviewText(entries), overviewHtml(entries))
  const name = typeof topic === 'function' ? topic.name : topic
  const found = entriesNamed(entries, name)
  if (found.length === 0)
    throw new HelpError(
      'NO_HELP',
      `There is no help on '${name}'.`,
      `There is on: ${entries.map((entry) => entry.path).join(', ')}.`,
    )
  return new Help(found.map(entryText).join('\n\n'), found.map(entryHtml).join(''))
}

/** By its whole path, else what the session has of this name, else all that others have. */
function entriesNamed(entries: readonly HelpEntry[], name: string): HelpEntry[] {
  for (const path of [name, `nir.${name}`]) {
    const found = entries.filter((entry) => entry.path === path)
    if (found.length > 0) return found
  }
  return entries.filter((entry) => entry.name === name)
}
