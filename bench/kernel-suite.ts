/**
 * How does the kernel stand beside tslab, Deno and ipykernel? One Jupyter client runs jupyter_kernel_test, as
 * published, on each, prints 100,000 lines and counts what arrives, and interrupts two loops. Prints a table.
 *
 * `NIR_TEST_PYTHON=… npm run bench:kernel-suite`
 *
 * The Python needs jupyter_client, jupyter_kernel_test and ipykernel. Deno comes from npm into the benchmarks' cache.
 */
import { findDeno, Kernels } from './lib/kernels.js'

interface Row {
  kernel: string
  passed: number
  failed: string[]
  skipped: string[]
  lines: number
  interrupts: Record<string, string>
}

const deno = findDeno()
const kernels = new Kernels(deno)
try {
  const names = ['nir', 'tslab', 'python3', ...(deno ? ['deno'] : [])]
  const rows = kernels.run<Row>('kernel-suite.py', ...names)
  const kinds = Object.keys(rows[0]!.interrupts)
  const head = [
    'kernel',
    'passed',
    'failed',
    'skipped',
    'lines of 100,000',
    ...kinds.map((kind) => `interrupt: ${kind}`),
  ]
  const line = (cells: readonly (string | number)[]) => console.log(`| ${cells.join(' | ')} |`)
  line(head)
  line(head.map(() => '---'))
  for (const { kernel, passed, failed, skipped, lines, interrupts } of rows) {
    line([kernel, passed, failed.length, skipped.length, lines, ...kinds.map((kind) => interrupts[kind]!)])
  }
  if (!deno) line(['deno', ...head.slice(1).map(() => 'not there')])
  for (const { kernel, failed, skipped } of rows) {
    console.log(`${kernel}: failed ${failed.join(', ') || 'none'}; skipped ${skipped.join(', ') || 'none'}`)
  }
} finally {
  kernels.close()
}
