import { join } from 'node:path'
import { packageRoot } from '../../package-root.js'

/**
 * The path of a Python script that ships beside the TypeScript. The compiler does not copy `.py` files, so
 * both `src/` and `dist/src/` find them as `src/evaluation/<name>` in the package.
 */
export function pythonScript(name: string): string {
  return join(packageRoot(), 'src', 'evaluation', name)
}
