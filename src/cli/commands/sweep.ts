import { parseArgs } from 'node:util'
import {
  configuredModels,
  loadStudyConfig,
  requireModels,
  studySchema,
  type StudyConfig,
} from '../../index.js'
import { UsageError } from '../errors.js'
import { dryRun } from '../study/dry-run.js'
import { CONFIG_FLAGS, overridesFrom } from '../study/flags.js'
import { jsonReporter } from '../study/json-reporter.js'
import { runByQueue } from '../study/run-by-queue.js'
import { runStudy } from '../study/run-study.js'
import { shardArgument } from '../study/shard-argument.js'
import { StopSignal } from '../study/stop-signal.js'
import { textReporter } from '../study/text-reporter.js'

export const usage = `nir sweep [CONFIG.yaml] [options]

Runs a study, or goes on with it: what is stored is not computed again.

  What to sweep; each takes the place of the file's field (see docs/studies.md)
      --study DIR               the study's folder (default: beside CONFIG, named as it is)
      --model MODEL             embedded, a GGUF's path, or a URI
      --problems SOURCE         embedded, mbpp, mbpp-sanitized, humaneval, or a file
      --limit N                 the first N problems
      --context CONTEXT         thought, reference, or a JSONL file of contexts
      --layers LAYERS           all, or such as original,0,3,6
      --mapping MAPPING         described or released
      --samples N  --seed N  --temperature T  --max-tokens N  --max-thinking-tokens N
      --context-size N  --exact  --gpu auto|cuda|metal|vulkan|none  --threads N

      --dry-run                 print the plan, memory and time, after a short calibration; nothing is stored
      --shard I/N               only the I-th of N parts, into the study DIR.shard-I-of-N (see nir merge)
      --queue URL               have it run by workers (nir worker) over Redis: redis://…, rediss://… for TLS, or env
                                for what NIR_REDIS_URL says. This machine needs no GPU then (see docs/scaling-out.md)
      --json                    events as JSON lines on standard output
      --schema                  print the configuration's JSON Schema
  -h, --help                    show this

Progress goes to standard error: a line that is kept up to date on a terminal, else a log line every 30 s.
Ctrl-C stops: what is stored stays. A second one ends at once.

Exit code: 0 done; 1 failed, or units of a queue were set aside; 2 a wrong option or configuration; 3 the study is held by another process, or was begun
with other settings; 130 or 143 stopped by SIGINT or SIGTERM.`

/** \`nir sweep\`: returns the exit code. */
export async function sweep(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...CONFIG_FLAGS,
      'dry-run': { type: 'boolean' },
      shard: { type: 'string' },
      queue: { type: 'string' },
      json: { type: 'boolean' },
      schema: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (values.schema) {
    console.log(JSON.stringify(await studySchema(), null, 2))
    return 0
  }
  const config = await configFrom(positionals, overridesFrom(values))
  const shard = values.shard === undefined ? undefined : shardArgument(values.shard)
  for (const flag of ['shard', 'dry-run'] as const)
    if (values[flag] !== undefined && values.queue !== undefined)
      throw new UsageError(`--${flag} and --queue exclude each other.`, 'Give one of them.')
  const models = [...configuredModels(config).keys()]
  if (models.length > 1) await requireModels(config)
  if (values['dry-run']) {
    for (const name of models) await dryRun(config, { name, shard }, values.json === true)
    return 0
  }
  const reporter = values.json
    ? jsonReporter((line) => process.stdout.write(line))
    : textReporter(process.stderr)
  if (values.queue !== undefined) process.title = 'nir sweep' // in place of the command line, which may hold a password
  const stop = new StopSignal()
  let code = 0
  try {
    for (const name of models) {
      if (values.queue === undefined) {
        const finished = await runStudy(config, { name, shard }, reporter, stop.signal)
        if (!finished) return stop.code ?? 1
      } else {
        const outcome = await runByQueue(
          config,
          name,
          values.queue === 'env' ? undefined : values.queue,
          reporter,
          stop.signal,
        )
        if (outcome === 'stopped') return stop.code ?? 1
        if (outcome === 'some failed') code = 1
      }
    }
    return code
  } finally {
    stop.dispose()
  }
}

async function configFrom(
  files: readonly string[],
  overrides: ReturnType<typeof overridesFrom>,
): Promise<StudyConfig> {
  if (files.length > 1)
    throw new UsageError(`nir sweep takes one configuration, not ${files.length}.`, 'See nir sweep --help.')
  const config = await loadStudyConfig(files[0] ?? { version: 1 }, overrides)
  if (config.study === undefined)
    throw new UsageError('The study has no folder.', 'Give --study DIR, or a configuration file.')
  return config
}
