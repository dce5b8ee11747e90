import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isOurs, kernelCommand, type Kernelspec } from './kernelspec.js'

/** A kernelspec of NIR Lab that is installed somewhere. */
export interface InstalledKernelspec {
  /** Its folder. */
  place: string
  /** The files of its command that are gone: Node, or the kernel. */
  gone: readonly string[]
  /** It starts this installation's kernel. */
  isOwn: boolean
}

/** The kernelspecs of NIR Lab in folders of kernelspecs. */
export function installedKernelspecs(folders: readonly string[]): InstalledKernelspec[] {
  return folders.flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      const place = join(folder, name)
      const argv = commandOf(place)
      if (!isOurs(argv)) return []
      const isOwn = kernelCommand('{connection_file}').every((part, at) => at === 0 || part === argv[at])
      return [{ place, gone: argv.filter((part) => /^([\\/]|\w:)/.test(part) && !existsSync(part)), isOwn }]
    }),
  )
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function commandOf(place: string): string[] {
  try {
    return (JSON.parse(readFileSync(join(place, 'kernel.json'), 'utf8')) as Kernelspec).argv
  } catch {
    return []
  }
}
