import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KernelspecError } from '../../kernel/errors.js'
import { kernelsFolder } from '../../kernel/kernelspec/folders.js'
import { installKernelspec, uninstallKernelspec } from '../../kernel/kernelspec/kernelspec.js'

const user = { kind: 'user' } as const

describe('folders', () => {
  it.each([
    ['linux', {}, '/home/a/.local/share/jupyter/kernels'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/jupyter/kernels'],
    ['linux', { JUPYTER_DATA_DIR: '/own' }, '/own/kernels'],
    ['darwin', {}, '/home/a/Library/Jupyter/kernels'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/jupyter/kernels'],
  ] as const)('are those of jupyter --paths on %s with %o', (platform, env, expected) => {
    expect(kernelsFolder(user, { platform, env, home: '/home/a' })).toBe(expected)
  })

  it('are below share/jupyter of a prefix', () => {
    expect(kernelsFolder({ kind: 'prefix', folder: '/venv' })).toBe('/venv/share/jupyter/kernels')
  })
})

describe('installing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nir-kernels-'))

  it('writes a kernel.json with absolute paths and message interrupts, and removes it', () => {
    const place = installKernelspec(folder, { name: 'mine', model: 'm.gguf' })
    const spec = JSON.parse(readFileSync(join(place, 'kernel.json'), 'utf8'))
    expect(spec).toMatchObject({
      language: 'typescript',
      interrupt_mode: 'message',
      env: { NIR_MODEL: 'm.gguf' },
    })
    expect(spec.argv[0]).toBe(process.execPath)
    expect(spec.argv.at(-1)).toBe('{connection_file}')
    uninstallKernelspec(folder, 'mine')
    expect(existsSync(place)).toBe(false)
  })

  it("refuses names that leave the folder, and other kernels' specs", () => {
    expect(() => installKernelspec(folder, { name: '../x' })).toThrow(KernelspecError)
    const place = installKernelspec(folder, { name: 'other' })
    writeFileSync(join(place, 'kernel.json'), '{"argv":["python"]}')
    expect(() => uninstallKernelspec(folder, 'other')).toThrow("is not NIR Lab's")
    expect(() => uninstallKernelspec(folder, 'none')).toThrow('There is no kernelspec')
  })
})
