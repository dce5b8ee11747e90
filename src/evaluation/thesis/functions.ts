import { lstrip, strip } from '../python/text.js'

/**
 * The functions of a generated text as the thesis finds them, line by line. A line whose stripped form begins
 * with `def ` or `class ` opens a function and closes an open one; following lines belong to it while they are
 * blank or indented deeper. Nothing is parsed: a method opens a function of its own.
 *
 * @returns the functions, each its lines joined by `\n`; `null` where the text has no `def` at all.
 */
export function thesisFunctions(text: string): string[] | null {
  if (!text.includes('def')) return null
  const functions: string[] = []
  let open: string[] | null = null
  let indent = 0
  const close = () => {
    if (open) functions.push(open.join('\n'))
    open = null
  }
  for (const line of text.split('\n')) {
    const stripped = strip(line)
    if (stripped.startsWith('def ') || stripped.startsWith('class ')) {
      close()
      open = [line]
      indent = line.length - lstrip(line).length
    } else if (open) {
      if (stripped === '' || line.length - lstrip(line).length > indent) (open as string[]).push(line)
      else close()
    }
  }
  close()
  return functions
}
