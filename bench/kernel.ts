/**
 * How fast is the kernel beside tslab, ipykernel and Deno? One Jupyter client measures each in turn: start to the first
 * reply, the first cell, medians of trivial cells (in a new notebook, in one with danfojs frames and types of `nir`,
 * after 100 cells of declarations), medians of completions, resident memory. Prints the figures in milliseconds and,
 * for peers, as multiples of ours.
 *
 * `NIR_TEST_PYTHON=… npm run bench:kernel [-- --cells N] [-- --starts N]`
 *
 * `--endure N` instead starts the kernel N times, and fails where one hangs; `--interrupts N` interrupts one kernel N
 * times in ten kinds of cell (a generation and a sweep of the embedded model among them), prints the milliseconds from
 * the interrupt to the reply, and fails where the notebook's state is lost.
 */
import { parseArgs } from 'node:util'
import { findDeno, Kernels } from './lib/kernels.js'

type Figures = { kernel: string } & Partial<Record<string, number>>

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '50' },
    starts: { type: 'string', default: '4' },
    endure: { type: 'string' },
    interrupts: { type: 'string' },
  },
})
const deno = values.endure || values.interrupts ? undefined : findDeno()
const kernels = new Kernels(deno)

try {
  if (values.endure) endure(values.endure)
  else if (values.interrupts) interrupts(values.interrupts)
  else compare(['nir', 'tslab', 'python3', ...(deno ? ['deno'] : [])])
} finally {
  kernels.close()
}

function endure(count: string): void {
  const [row] = kernels.run<{ starts: number }>('kernel-client.py', 'starts', count)
  console.log(`${row!.starts} starts, none hung`)
}

function compare(names: readonly string[]): void {
  const rows = kernels.run<Figures>('kernel-client.py', 'measure', values.cells, values.starts, ...names)
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

function interrupts(count: string): void {
  interface Row {
    kind: string
    count: number
    median: number
    worst: number
  }
  const rows = kernels.run<Row>('kernel-client.py', 'interrupts', count)
  for (const { kind, count, median, worst } of rows) {
    const figures = `${count} interrupts, median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`
    console.log(`${kind.padEnd(22)}  ${figures}`)
  }
}
