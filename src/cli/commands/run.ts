import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { KernelClient } from '../../../kernel/client/kernel-client.js'
import { UsageError } from '../errors.js'
import { writeHtml } from '../html/page.js'
import { modelArgument } from '../model-argument.js'
import { claimLanguage } from '../notebook/language.js'
import { readNotebook, writeNotebook } from '../notebook/notebook.js'
import { injectParameters, parseParameter } from '../notebook/parameters.js'
import { Progress } from '../run/progress.js'
import { runNotebook, type CellFailure } from '../run/run-notebook.js'

export const usage = `nir run NOTEBOOK.ipynb [options]

Runs a notebook without Jupyter and keeps the outputs in it.

  -p, --parameter NAME=VALUE  set a parameter (a JSON value, else text); may be repeated
  -o, --output FILE           write the executed notebook here (default: NOTEBOOK itself)
      --html FILE             write a page that needs nothing else, with interactive figures
      --model MODEL           the model for nir (path or URI; default: NIR_MODEL)
      --timeout SECONDS       the longest that a cell may take (default: no limit)
      --allow-errors          go on after a cell that fails
  -h, --help                  show this

Exit code: 0 when all cells ran, 1 when one failed, 130 when interrupted.`

/** \`nir run\`: returns the exit code. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      parameter: { type: 'string', short: 'p', multiple: true },
      output: { type: 'string', short: 'o' },
      html: { type: 'string' },
      model: { type: 'string' },
      timeout: { type: 'string' },
      'allow-errors': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const input = onlyOne(positionals)
  const timeout = parseTimeout(values.timeout)
  const parameters = new Map((values.parameter ?? []).map(parseParameter))
  const output = values.output ?? input
  checkFolder(output)
  if (values.html !== undefined) checkFolder(values.html)

  const notebook = readNotebook(input)
  claimLanguage(notebook, input)
  for (const name of injectParameters(notebook, parameters)) {
    console.error(`nir: the notebook declares no parameter ${name}; it is set all the same.`)
  }

  const save = (): void => writeNotebook(output, notebook)
  const client = await KernelClient.start({
    cwd: dirname(resolve(input)),
    env: modelEnvironment(values.model ?? process.env['NIR_MODEL']),
  })
  const stop = new Interrupts(client)
  let failures: CellFailure[]
  try {
    failures = await runNotebook(notebook, {
      client,
      progress: new Progress(process.stderr),
      save,
      timeout,
      allowErrors: values['allow-errors'] === true,
      stopped: () => stop.asked,
    })
  } finally {
    save()
    stop.dispose()
    await client.shutdown()
  }
  if (values.html !== undefined) writeHtml(values.html, notebook)
  for (const failure of failures) console.error(describe(failure))
  if (stop.asked) return 130
  return failures.length > 0 ? 1 : 0
}

/** The first Ctrl-C interrupts the cell; the second kills the kernel. */
class Interrupts {
  asked = false
  private readonly onSignal = (): void => {
    if (this.asked) return this.client.kill()
    this.asked = true
    this.client.interrupt().catch(() => undefined)
  }

  constructor(private readonly client: KernelClient) {
    process.on('SIGINT', this.onSignal)
    process.on('SIGTERM', this.onSignal)
  }

  dispose(): void {
    process.off('SIGINT', this.onSignal)
    process.off('SIGTERM', this.onSignal)
  }
}

function modelEnvironment(model: string | undefined): NodeJS.ProcessEnv {
  return model === undefined ? {} : { NIR_MODEL: modelArgument(model) }
}

function onlyOne(positionals: readonly string[]): string {
  if (positionals.length === 1) return positionals[0]!
  throw new UsageError(`nir run takes one notebook, not ${positionals.length}.`, 'See nir run --help.')
}

function parseTimeout(text: string | undefined): number {
  const seconds = Number(text ?? 0)
  if (Number.isFinite(seconds) && seconds >= 0) return seconds
  throw new UsageError(`--timeout ${text} is not a number of seconds.`, 'Write for example --timeout 600.')
}

function checkFolder(path: string): void {
  const folder = dirname(resolve(path))
  if (!existsSync(folder)) throw new UsageError(`The folder ${folder} does not exist.`, 'Make it first.')
}

function describe({ position, count, ename, evalue, traceback }: CellFailure): string {
  const trace = traceback.join('\n')
  const line = new RegExp(`In\\[${count}\\]:(\\d+)|^cell:(\\d+)`, 'm').exec(trace)
  const where = line ? `, line ${line[1] ?? line[2]}` : ''
  return `\nnir: cell ${position}${where}: ${ename}: ${evalue}\n${trace}`
}
