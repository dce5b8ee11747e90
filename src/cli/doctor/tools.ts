import { connect } from 'node:net'
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { findBrowser } from '../../analysis/charts/picture.js'
import { readable } from '../../engine/gguf/memory.js'
import { cacheFolder } from '../../session/open-model.js'
import { NirError } from '../../errors.js'
import { outputOf } from './command.js'
import { absent, ok, type Finding } from './finding.js'

const COMPILERS = ['c++', 'g++', 'clang++']
const REDIS_PORT = 6379
const REDIS_WAIT_MS = 1000

/** What saves figures as pictures. */
export function checkBrowser(): Finding {
  try {
    return ok('Chromium', findBrowser())
  } catch (error) {
    if (!(error instanceof NirError)) throw error
    return absent('Chromium', 'not there; figures cannot be saved as .svg and .png', error.remedy)
  }
}

/** What builds the native engine. */
export async function checkToolchain(): Promise<Finding> {
  const versions = await Promise.all(['git', 'make'].map((command) => outputOf(command, ['--version'])))
  const compiler = (await Promise.all(COMPILERS.map((command) => outputOf(command, ['--version'])))).find(
    Boolean,
  )
  const missing = ['git', 'make'].filter((_, at) => versions[at] === null)
  if (!compiler) missing.push('a C++ compiler')
  return missing.length === 0
    ? ok('toolchain', `git, make, ${compiler!.split('\n', 1)[0]}; builds the engine`)
    : absent(
        'toolchain',
        `${missing.join(', ')} not there; only needed to build the engine`,
        'apt-get install git build-essential',
      )
}

/** What hands units of a sweep to several machines. */
export async function checkRedis(): Promise<Finding> {
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: REDIS_PORT, timeout: REDIS_WAIT_MS })
    const end = (found: boolean) => {
      socket.destroy()
      resolve(found)
    }
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false))
  })
  const where = `127.0.0.1:${REDIS_PORT}`
  return answers
    ? ok('Redis', `something listens on ${where}`)
    : absent('Redis', `nothing listens on ${where}; only needed for a queue`, 'apt-get install redis-server')
}

/** The disk that downloads are kept on. */
export function checkDisk(): Finding {
  const folder = cacheFolder()
  const { bavail, bsize } = statfsSync(nearest(folder))
  return ok('disk', `${readable(bavail * bsize)} free for ${folder}`)
}

/** The folder, or the next one above that exists. */
function nearest(folder: string): string {
  try {
    statfsSync(folder)
    return folder
  } catch {
    return folder === dirname(folder) ? folder : nearest(dirname(folder))
  }
}
