import { delimiter, join } from 'node:path'
import { kernelsFolder } from '../../../kernel/kernelspec/folders.js'
import { installedKernelspecs } from '../../../kernel/kernelspec/installed.js'
import { outputOf } from './command.js'
import { absent, failed, ok, type Finding } from './finding.js'

const INSTALL = 'npx nir kernel install'
const SYSTEM = ['/usr/local/share/jupyter', '/usr/share/jupyter']

/** Jupyter on PATH, and what of it. */
export async function checkJupyter(): Promise<Finding> {
  const text = await outputOf('jupyter', ['--version'])
  if (text === null) {
    return absent('Jupyter', 'no jupyter on PATH; nir run does without', 'pip install jupyterlab')
  }
  const found = ['jupyterlab', 'notebook', 'nbconvert'].flatMap((name) => {
    const version = new RegExp(`^${name}\\s*:\\s*(\\d\\S*)`, 'm').exec(text)?.[1]
    return version === undefined ? [] : [`${name} ${version}`]
  })
  return ok('Jupyter', found.join(', ') || 'jupyter, without jupyterlab, notebook and nbconvert')
}

/** Our kernel, as Jupyter knows it. */
export async function checkKernelspecs(): Promise<Finding[]> {
  const found = installedKernelspecs([...new Set(await kernelFolders())])
  if (found.length === 0) return [absent('kernel', 'not known to Jupyter', INSTALL)]
  return found.map(({ place, gone, isOwn }) => {
    if (gone.length > 0)
      return failed('kernel', `${place} starts ${gone.join(' and ')}, which is gone`, INSTALL)
    return isOwn
      ? ok('kernel', place)
      : absent('kernel', `${place} starts another installation of NIR Lab`, INSTALL)
  })
}

/** Where kernelspecs may be: where Jupyter says, and without it where it would look. */
async function kernelFolders(): Promise<string[]> {
  const paths = await outputOf('jupyter', ['--paths', '--json'])
  const told = paths === null ? [] : (JSON.parse(paths) as { data: string[] }).data
  const path = (process.env['JUPYTER_PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const prefixes = ['VIRTUAL_ENV', 'CONDA_PREFIX'].flatMap((name) => process.env[name] ?? [])
  return [
    kernelsFolder({ kind: 'user' }),
    ...prefixes.map((folder) => kernelsFolder({ kind: 'prefix', folder })),
    ...[...path, ...told, ...SYSTEM].map((folder) => join(folder, 'kernels')),
  ]
}
