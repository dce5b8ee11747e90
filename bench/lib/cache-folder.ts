import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where benchmarks keep what is made once: `nir-lab/bench` under `XDG_CACHE_HOME`, or under `~/.cache`. */
export function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME']
  return join(cache?.startsWith('/') ? cache : join(homedir(), '.cache'), 'nir-lab', 'bench')
}
