import { sweepOptions, type Shard, type StudyConfig } from '../../index.js'
import { shardFolder } from './shard-argument.js'

/** Which part of a configuration. */
export interface StudyPart {
  /** Of the model; `null`: the configuration's only one. */
  readonly name: string | null
  readonly shard: Shard | undefined
}

/** What to sweep, and into which folder. */
export async function partOptions(config: StudyConfig, { name, shard }: StudyPart) {
  const options = await sweepOptions(config, name)
  const study = shard ? shardFolder(options.study!, shard) : options.study!
  return { ...options, shard, study }
}
