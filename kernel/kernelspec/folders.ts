import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where to install a kernelspec. */
export type Target = { kind: 'user' } | { kind: 'prefix'; folder: string }

/** The part of the surroundings that decides on folders. */
export interface Surroundings {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  home: string
}

/** The surroundings of this process. */
function surroundings(): Surroundings {
  return { platform: process.platform, env: process.env, home: homedir() }
}

/**
 * The folder that holds kernelspecs for a target, as `jupyter --paths` gives it: JUPYTER_DATA_DIR, else the default
 * of the platform; below a prefix always `share/jupyter`.
 */
export function kernelsFolder(
  target: Target,
  { platform, env, home }: Surroundings = surroundings(),
): string {
  if (target.kind === 'prefix') return join(target.folder, 'share', 'jupyter', 'kernels')
  return join(dataFolder({ platform, env, home }), 'kernels')
}

/** The folder that keeps what cells were run, for the history of later kernels. */
export function historyFolder(around: Surroundings = surroundings()): string {
  return join(dataFolder(around), 'nir', 'history')
}

/** Jupyter's data folder of this user. */
function dataFolder({ platform, env, home }: Surroundings): string {
  const own = env['JUPYTER_DATA_DIR']
  if (own) return own
  if (platform === 'darwin') return join(home, 'Library', 'Jupyter')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'jupyter')
  return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'jupyter')
}
