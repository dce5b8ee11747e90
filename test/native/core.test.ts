import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBackend } from '../../src/engine/backend.js'
import { loadAddon } from '../../src/engine/native.js'
import { embeddedModelPath } from '../../src/session/open-model.js'
import { golden, goldenModel } from '../engine/golden.js'

const ROOT = join(import.meta.dirname, '../..')
/** Kept from run to run, so that only what changed is compiled. */
const BUILD = join(ROOT, 'node_modules/.cache/nir-native-test')
const SANITIZERS = ['-fsanitize=address,undefined']

const folder = mkdtempSync(join(tmpdir(), 'nir-core-'))
const cases = join(folder, 'cases.txt')
let library: string

beforeAll(async () => {
  writeFileSync(cases, execFileSync(process.execPath, [join(ROOT, 'scripts/golden-cases.mjs')]))
  await openBackend(false) // the library that node-llama-cpp chooses for the CPU
  library = loadAddon().loadLibrary().path
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

// With sanitizers where the compiler has them: the addon itself shows how the code does without.
const isSanitized = compiles(SANITIZERS)
const variant = isSanitized ? 'sanitized' : 'plain'
if (!isSanitized) console.warn(`The C++ core is tested plain: the compiler has no ${SANITIZERS.join(' ')}.`)
const run = (program: string, args: string[]) => {
  const { status, signal, stdout, stderr } = spawnSync(join(BUILD, variant, program), args, { encoding: 'utf8' })
  return { ended: signal ?? status, stdout, stderr }
}

describe.skipIf(!isSanitized && !compiles([]))(`the core as a plain C++ program, ${variant}`, () => {
  it('builds without a warning', () => {
    const args = ['-s', '-j2', '-C', join(ROOT, 'native/test'), `OUT=${BUILD}`]
    const { status, stdout, stderr } = spawnSync('make', [...args, ...(isSanitized ? ['SANITIZE=1'] : [])], {
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  }, 300_000)

  it('gives the golden cases, one by one and in one batch', () => {
    const { ended, stdout, stderr } = run('nir-golden', [library, goldenModel, cases])
    expect(stderr).not.toMatch(/Sanitizer|runtime error/)
    expect(stdout).not.toContain('FAILED')
    const checks = 2 * golden.cases.length + golden.layers
    for (const [setting, bound] of [
      ['exact', 1e-5],
      ['fast', 1e-2],
    ] as const) {
      const summary = new RegExp(`^${setting} +${checks} checks, 0 failed, worst error (\\S+)`, 'm').exec(stdout)
      expect(Number(summary?.[1])).toBeLessThan(bound)
    }
    expect(ended).toBe(0)
  })

  it('passes its own tests', () => {
    const { ended, stdout, stderr } = run('nir-core', [library, goldenModel, embeddedModelPath()])
    expect(stderr).not.toMatch(/Sanitizer|runtime error/)
    expect(stdout.split('\n').filter((line) => line.startsWith('FAILED'))).toEqual([])
    expect(stdout).toMatch(/^[1-9]\d* tests, 0 failed$/m)
    expect(ended).toBe(0)
  }, 300_000)

  it('fails where the golden cases are others', () => {
    const wrong = join(folder, 'wrong.txt')
    const lines = execFileSync(process.execPath, [join(ROOT, 'scripts/golden-cases.mjs')], { encoding: 'utf8' })
    writeFileSync(wrong, lines.replace(/^inject 4$/m, 'inject 3'))
    const { ended, stdout } = run('nir-golden', [library, goldenModel, wrong])
    expect(stdout).toMatch(/FAILED/)
    expect(ended).toBe(1)
  })
})

/** Can the compiler that make calls compile and link with these flags? */
function compiles(flags: readonly string[]): boolean {
  const compiler = process.env['CXX'] ?? 'g++'
  const args = [...flags, '-x', 'c++', '-', '-o', join(folder, 'probe')]
  return spawnSync(compiler, args, { input: 'int main() {}' }).status === 0
}
