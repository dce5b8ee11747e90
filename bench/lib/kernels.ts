import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installKernelspec } from '../../kernel/kernelspec/kernelspec.js'
import { packageRoot } from '../../src/package-root.js'
import { cacheFolder } from './cache-folder.js'

const DENO = 'deno@2.9.6'

/** Kernels side by side, for one Jupyter client: ours, tslab, and Deno where there is one. ipykernel is the client's own. */
export class Kernels {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nir-bench-kernel-'))
  private readonly specs = join(this.folder, 'jupyter', 'kernels')
  private readonly python = process.env['NIR_TEST_PYTHON'] ?? 'python3'

  /** @param deno its program */
  constructor(deno: string | undefined) {
    installKernelspec(this.specs)
    const tslab = join(packageRoot(), 'node_modules/tslab/bin/tslab')
    this.add('tslab', [process.execPath, tslab, 'kernel', '--config-path'])
    if (deno) this.add('deno', [deno, 'jupyter', '--kernel', '--conn'])
  }

  /** Runs a script of `bench/lib` that speaks to the kernels; returns its lines, each an object. */
  run<Row>(script: string, ...args: string[]): Row[] {
    const { status, stdout, error } = spawnSync(
      this.python,
      [join(packageRoot(), 'bench/lib', script), ...args],
      {
        cwd: this.folder,
        env: {
          ...process.env,
          JUPYTER_PATH: join(this.folder, 'jupyter'),
          JUPYTER_DATA_DIR: join(this.folder, 'data'),
        },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    if (status !== 0) throw error ?? new Error(`${this.python} ended with ${status}; does it have Jupyter?`)
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private add(name: string, command: readonly string[]): void {
    const place = join(this.specs, name)
    mkdirSync(place, { recursive: true })
    const spec = { argv: [...command, '{connection_file}'], display_name: name, language: 'typescript' }
    writeFileSync(join(place, 'kernel.json'), JSON.stringify(spec))
  }
}

/** Deno's program, from npm into the benchmarks' cache; undefined, and said, where it cannot be had. */
export function findDeno(): string | undefined {
  const folder = join(cacheFolder(), 'deno')
  const program = join(folder, 'node_modules/.bin/deno')
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--silent', '--no-fund', '--no-audit', '--prefix', folder, DENO]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status === 0 && existsSync(program)) return program
  console.error(`Deno is left out: npm could not install ${DENO}.`)
  return undefined
}
