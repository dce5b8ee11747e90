import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as kernelspecModule from '../../kernel/kernelspec/kernelspec.js'
import { importBuilt } from './built.js'

/** The Python that has Jupyter. */
export const PYTHON = process.env['NIR_TEST_PYTHON'] ?? 'python3'
const NEEDED = 'import jupyter_client, jupyter_kernel_test, nbclient, nbconvert, nbformat'

/** Is Jupyter there for the tests? Where CI is set, it has to be. */
export const hasJupyter = spawnSync(PYTHON, ['-c', NEEDED]).status === 0
if (!hasJupyter) {
  const reason = `${PYTHON} lacks jupyter_client, jupyter_kernel_test, nbclient, nbconvert or nbformat (set NIR_TEST_PYTHON)`
  if (process.env['CI']) throw new Error(reason)
  console.warn(`Jupyter's own tests are skipped: ${reason}.`)
}

/** A folder for a test; the Python that it runs finds our kernelspec in it. */
export interface JupyterFolder {
  readonly folder: string
  python(args: readonly string[], timeout?: number): { status: number | null; stdout: string; output: string }
}

export async function jupyterFolder(): Promise<JupyterFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'nir-jupyter-'))
  const env = {
    ...process.env,
    JUPYTER_PATH: join(folder, 'share', 'jupyter'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
  }
  const { installKernelspec } = await importBuilt<typeof kernelspecModule>('kernel/kernelspec/kernelspec.js')
  installKernelspec(join(folder, 'share', 'jupyter', 'kernels'))
  return {
    folder,
    python(args, timeout = 240_000) {
      const { status, stdout, stderr } = spawnSync(PYTHON, args, {
        cwd: folder,
        env,
        encoding: 'utf8',
        timeout,
      })
      return { status, stdout, output: `${stdout}${stderr}` }
    },
  }
}
