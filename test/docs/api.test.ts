import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './root.js'

it('the API reference is whole: every public name has a text, every link leads somewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nir-api-'))
  try {
    const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc')
    const args = [typedoc, '--out', folder, '--treatValidationWarningsAsErrors']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
    expect(status, stdout + stderr).toBe(0)
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('[Session](classes/Session.md)')
    expect(readFileSync(join(folder, 'classes/Crv.md'), 'utf8')).toContain("await nir.capture('Proposed")
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 600_000)
