import type { TypeScript } from './tslab.js'

const REFERENCE = /^\/\/\/ <reference lib="([^"]+)" *\/>$/gm

/**
 * Changes a copy of `ts.sys` so that TypeScript reads its library as one file: the many that it consists of declare the
 * same interfaces again and again, which a checker, and there is a new one for each cell, merges anew where they are
 * in different files.
 *
 * @param root the library, such as `lib.es2023.d.ts`
 */
export function joinLibrary(sys: TypeScript, root: string): void {
  const executing = (sys.getExecutingFilePath() as string).replaceAll('\\', '/')
  const folder = executing.slice(0, executing.lastIndexOf('/') + 1)
  const read = sys.readFile as (path: string, ...rest: unknown[]) => string | undefined
  const parts = new Set<string>()
  const textOf = (name: string): string => {
    const path = `${folder}${name}`
    if (parts.has(path)) return ''
    parts.add(path)
    return (read(path) ?? '').replace(REFERENCE, (_, part: string) => textOf(`lib.${part}.d.ts`))
  }
  let whole: string | undefined
  sys.readFile = (path: string, ...rest: unknown[]) => {
    if (!path.startsWith(`${folder}lib.`)) return read(path, ...rest)
    whole ??= textOf(root)
    if (path === `${folder}${root}`) return whole
    // What references a part finds it in the whole.
    return parts.has(path) ? '' : read(path, ...rest)
  }
}
