import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let found: string | undefined

/** The folder of our package.json, from `src/` and from `dist/src/` alike. */
export function packageRoot(): string {
  let folder = found ?? dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`No package.json above ${fileURLToPath(import.meta.url)}.`)
    folder = parent
  }
  found = folder
  return folder
}
