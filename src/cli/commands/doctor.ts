import { parseArgs } from 'node:util'
import { diagnose, type Diagnosis } from '../doctor/diagnose.js'
import type { Finding } from '../doctor/finding.js'
import { UsageError } from '../errors.js'
import { modelArgument } from '../model-argument.js'

export const usage = `nir doctor [options]

Tells what is there, what is missing, and how to get it.

  --model MODEL   the model to look at (path or URI; default: NIR_MODEL, else the embedded one)
  --json          as JSON
  -h, --help      show this

✓ there   ✗ missing or broken   – not there, and not needed for everything
Exit code: 0 when a notebook with a sweep can run on this machine, 1 when not.`

const SIGNS = { ok: '✓', failed: '✗', absent: '–' } as const

/** \`nir doctor\`: returns the exit code. */
export async function doctor(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { model: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (positionals.length > 0) {
    throw new UsageError(`nir doctor does not know "${positionals.join(' ')}".`, 'See nir doctor --help.')
  }
  const model = values.model ?? (process.env['NIR_MODEL'] || undefined)
  const diagnosis = await diagnose({ model: model === undefined ? undefined : modelArgument(model) })
  console.log(values.json ? JSON.stringify(diagnosis, null, 2) : describe(diagnosis))
  return diagnosis.ready ? 0 : 1
}

function describe({ ready, findings, lacking }: Diagnosis): string {
  const width = Math.max(...findings.map(({ what }) => what.length))
  const lines = findings.flatMap(({ what, state, detail, remedy }: Finding) => [
    `${SIGNS[state]} ${what.padEnd(width)}  ${detail}`,
    ...(state !== 'ok' && remedy ? [`  ${' '.repeat(width)}  → ${remedy}`] : []),
  ])
  const broken = findings.filter(({ state, what }) => state === 'failed' && !lacking.includes(what))
  const without = broken.length === 0 ? '' : `, without: ${broken.map(({ what }) => what).join(', ')}`
  const summary = ready
    ? `Notebooks and sweeps run here${without}.`
    : `Notebooks and sweeps do not run here: see ${lacking.join(', ')}.`
  return [...lines, '', summary].join('\n')
}
