import { parseArgs } from 'node:util'
import { runWorker, type QueueEvent } from '../../index.js'
import { UsageError } from '../errors.js'
import { modelArgument } from '../model-argument.js'
import { queueLine } from '../study/queue-log.js'

export const usage = `nir worker [redis://…] [options]

Works on the units of a sweep that is run with nir sweep --queue, until the study is done; waits for one where there is
none yet. Takes only work of studies that were begun with the same model file and the same version.

  redis://[[user]:password@]host[:6379][/0]
                      where the queue is; rediss://… for TLS. Default: NIR_REDIS_URL, which keeps the password off the
                      command line. NIR_REDIS_CA: a file with the certificates to trust (PEM)
      --model MODEL   the model (path or URI; default: NIR_MODEL, else the embedded one)
      --study NAME    work on this study only: the name of its folder, or of its queue
      --concurrency N units to generate at once (default: as many as fill a batch)
      --json          log as JSON, a line an event
  -h, --help          show this

SIGTERM or Ctrl-C: takes no more units, finishes within 20 seconds what it can and gives back the rest; a second one ends
at once, and others take over after half a minute.

Exit code: 0 when the study is done or the worker was asked to end, 1 when it fits no study or fails, 2 for a wrong option,
130 when it was ended at once.`

/** \`nir worker\`: returns the exit code. */
export async function worker(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      study: { type: 'string' },
      concurrency: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (positionals.length > 1)
    throw new UsageError(`nir worker takes one URL, not ${positionals.length}.`, 'See nir worker --help.')
  process.title = 'nir worker' // in place of the command line, which may hold a password
  const model = values.model ?? process.env['NIR_MODEL']
  const ending = new AbortController()
  const end = () => {
    if (ending.signal.aborted) process.exit(130)
    ending.abort()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  const log = (event: QueueEvent) => void process.stderr.write(queueLine(event, values.json === true))
  try {
    const { finished, failed, returned } = await runWorker({
      queue: positionals[0],
      model: model && modelArgument(model),
      study: values.study,
      concurrency: values.concurrency === undefined ? undefined : parseConcurrency(values.concurrency),
      signal: ending.signal,
      onEvent: log,
    })
    const message = `Finished ${finished} units, ${failed} failed, ${returned} given back.`
    log({ level: 'info', event: 'end', message, details: { finished, failed, returned } })
    return 0
  } finally {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
  }
}

function parseConcurrency(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1) return number
  throw new UsageError(
    `--concurrency ${text} is not a whole number from 1.`,
    'Write for example --concurrency 4.',
  )
}
