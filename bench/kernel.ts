/**
 * How fast is the kernel beside tslab, ipykernel and Deno? One Jupyter client measures each in turn: start to the first
 * reply, the first cell, medians of trivial cells (in a new notebook, in one with danfojs frames and types of `nir`,
 * after 100 cells of declarations), medians of completions, resident memory. Prints the figures in milliseconds and,
 * for peers, as multiples of ours.
 *
 * `NIR_TEST_PYTHON=… npm run bench:kernel [-- --cells N] [-- --starts N] [-- --deno PATH]`
 *
 * `--endure N` instead starts the kernel N times, and fails where one hangs; `--interrupts N` interrupts one kernel N
 * times in seven kinds of cell, and fails where its state is lost.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installKernelspec } from '../kernel/kernelspec/kernelspec.js'
import { packageRoot } from '../src/package-root.js'

type Figures = { kernel: string } & Partial<Record<string, number>>

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '50' },
    starts: { type: 'string', default: '4' },
    deno: { type: 'string' },
    endure: { type: 'string' },
    interrupts: { type: 'string' },
  },
})
const python = process.env['NIR_TEST_PYTHON'] ?? 'python3'
const folder = mkdtempSync(join(tmpdir(), 'nir-bench-kernel-'))
const specs = join(folder, 'jupyter', 'kernels')

try {
  installKernelspec(specs)
  addSpec('tslab', [
    process.execPath,
    join(packageRoot(), 'node_modules/tslab/bin/tslab'),
    'kernel',
    '--config-path',
  ])
  if (values.deno) addSpec('deno', [values.deno, 'jupyter', '--kernel', '--conn'])
  if (values.endure) console.log(client('starts', values.endure))
  else if (values.interrupts) console.log(client('interrupts', values.interrupts))
  else compare(['nir', 'tslab', 'python3', ...(values.deno ? ['deno'] : [])])
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function compare(kernels: readonly string[]): void {
  const lines = client('measure', values.cells, values.starts, ...kernels)
    .trim()
    .split('\n')
  const rows = lines.map((line) => JSON.parse(line) as Figures)
  const ours = rows[0]!
  for (const name of Object.keys(ours).slice(1)) {
    const cells = rows.map((row) => {
      const figure = row[name]
      if (figure === undefined) return `${row.kernel} –`
      const ratio = row === ours ? '' : ` (${(figure / ours[name]!).toFixed(2)} ×)`
      return `${row.kernel} ${figure.toFixed(1)}${ratio}`
    })
    console.log(`${name.padEnd(22)}  ${cells.join('   ')}`)
  }
}

function client(...args: string[]): string {
  const { status, stdout, error } = spawnSync(
    python,
    [join(packageRoot(), 'bench/lib/kernel-client.py'), ...args],
    {
      cwd: folder,
      env: { ...process.env, JUPYTER_PATH: join(folder, 'jupyter'), JUPYTER_DATA_DIR: join(folder, 'data') },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  if (status !== 0) throw error ?? new Error(`${python} ended with ${status}; does it have jupyter_client?`)
  return stdout
}

function addSpec(name: string, command: readonly string[]): void {
  const place = join(specs, name)
  mkdirSync(place, { recursive: true })
  const spec = { argv: [...command, '{connection_file}'], display_name: name, language: 'typescript' }
  writeFileSync(join(place, 'kernel.json'), JSON.stringify(spec))
}
