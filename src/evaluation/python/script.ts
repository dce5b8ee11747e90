import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The path of a Python script that ships beside the TypeScript. The compiler does not copy `.py` files, so
 * both `src/` and `dist/src/` find them from the package root, as `src/evaluation/<name>`.
 */
export function pythonScript(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`No package.json above ${fileURLToPath(import.meta.url)}.`)
    folder = parent
  }
  return join(folder, 'src', 'evaluation', name)
}
