import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../errors.js'
import { writeHtml } from '../html/page.js'
import { claimLanguage } from '../notebook/language.js'
import { readNotebook } from '../notebook/notebook.js'
import { checkParameters } from '../parameters/check.js'
import { parseParameter, readParametersFile, type Given } from '../parameters/given.js'
import { describeParameters } from '../parameters/help.js'
import { injectParameters, type Parameter } from '../parameters/inject.js'
import { removeErrorMarkers } from '../run/error-markers.js'
import { execute } from '../run/execute.js'
import {
  clearOutputs,
  isComplete,
  keepOutputs,
  readRun,
  recordedParameters,
  requireSameParameters,
} from '../run/resume.js'
import type { CellFailure } from '../run/run-notebook.js'

export const usage = `nir run NOTEBOOK.ipynb [options]

Runs a notebook without Jupyter and keeps the outputs in it, saved after every cell.

  -p, --parameter NAME=VALUE  set a parameter of the cell tagged parameters; may be repeated. The value has to be of
                              the type that is declared there: text, or a JSON value
  -f, --parameters-file FILE  set parameters from a YAML or JSON file; -p goes before it
      --help-notebook         list the notebook's parameters, with types and defaults
  -o, --output FILE           write the executed notebook here (default: NOTEBOOK itself)
      --html FILE             write a page that needs nothing else, with interactive figures
      --model MODEL           the model for nir (path or URI; default: NIR_MODEL)
      --timeout SECONDS       the longest that a cell may take (default: no limit)
      --allow-errors          go on after a cell that fails
      --resume                go on with the run that --output holds: with its parameters, and not at all where it is
                              complete. Cells are run again from the first, as their variables ended with their
                              kernel; outputs stay until they are replaced. Sweeps with study: 'FOLDER' take up
                              what they had finished
  -h, --help                  show this

Exit code: 0 when all cells ran, 1 when one failed, 2 when what was typed is wrong, 130 when interrupted.`

/** `nir run`: returns the exit code. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args)
  if (values.help) {
    console.log(usage)
    return 0
  }
  const input = onlyOne(positionals)
  const output = values.output ?? input
  for (const path of [output, values.html]) if (path !== undefined) checkFolder(path)
  const timeout = parseTimeout(values.timeout)
  const given = await givenParameters(values)

  const notebook = readNotebook(input)
  claimLanguage(notebook, input)
  removeErrorMarkers(notebook)
  const folder = dirname(resolve(input))
  if (values['help-notebook']) {
    const { declared } = await checkParameters(notebook, folder, [])
    console.log(describeParameters(input, declared))
    return 0
  }

  const begun = values.resume ? readRun(output) : undefined
  const wanted = begun && given.length === 0 ? recordedParameters(begun.record) : given
  const parameters = wanted.length === 0 ? [] : (await checkParameters(notebook, folder, wanted)).parameters
  if (begun) requireSameParameters(output, begun.record, parameters)
  warnOfUndeclared(parameters)
  injectParameters(notebook, parameters)
  if (begun && isComplete(begun.notebook, notebook)) {
    console.error(`nir: the run in ${output} is complete; nothing is left to do.`)
    if (values.html !== undefined) writeHtml(values.html, begun.notebook)
    return 0
  }

  clearOutputs(notebook)
  if (begun) keepOutputs(notebook, begun.notebook)
  const { failures, interrupted } = await execute(notebook, {
    input,
    output,
    parameters,
    model: values.model ?? process.env['NIR_MODEL'],
    timeout,
    allowErrors: values['allow-errors'] === true,
  })
  if (values.html !== undefined) writeHtml(values.html, notebook)
  for (const failure of failures) console.error(describe(failure))
  if (interrupted) return 130
  return failures.length > 0 ? 1 : 0
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      parameter: { type: 'string', short: 'p', multiple: true },
      'parameters-file': { type: 'string', short: 'f' },
      'help-notebook': { type: 'boolean' },
      output: { type: 'string', short: 'o' },
      html: { type: 'string' },
      model: { type: 'string' },
      timeout: { type: 'string' },
      'allow-errors': { type: 'boolean' },
      resume: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
}

/** What the file and the command line give; the latter goes before. */
async function givenParameters(values: ReturnType<typeof parse>['values']): Promise<Given[]> {
  const typed = (values.parameter ?? []).map(parseParameter)
  const file = values['parameters-file']
  const all = [...(file === undefined ? [] : await readParametersFile(file)), ...typed]
  return [...new Map(all.map((one) => [one.name, one])).values()]
}

function warnOfUndeclared(parameters: readonly Parameter[]): void {
  for (const { name, type } of parameters) {
    if (type !== undefined) continue
    console.error(`nir: the notebook declares no parameter ${name}; it is set all the same.`)
  }
}

function onlyOne(positionals: readonly string[]): string {
  if (positionals.length === 1) return positionals[0]!
  throw new UsageError(`nir run takes one notebook, not ${positionals.length}.`, 'See nir run --help.')
}

/** Timers of Node that are set to longer end at once. */
const MAX_TIMEOUT_SECONDS = 2_147_483

function parseTimeout(text: string | undefined): number {
  const seconds = Number(text ?? 0)
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new UsageError(`--timeout ${text} is not a number of seconds.`, 'Write for example --timeout 600.')
  if (seconds <= MAX_TIMEOUT_SECONDS) return seconds
  throw new UsageError(
    `--timeout ${text} is longer than ${MAX_TIMEOUT_SECONDS} seconds.`,
    'For no limit, leave it out.',
  )
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
