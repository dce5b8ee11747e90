import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KernelspecError } from '../../kernel/errors.js'
import { kernelsFolder } from '../../kernel/kernelspec/folders.js'
import { installKernelspec, uninstallKernelspec } from '../../kernel/kernelspec/kernelspec.js'
import { nir } from '../cli/notebooks.js'
import { hasJupyter, PYTHON } from './jupyter-env.js'

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

describe.skipIf(!hasJupyter)('as Jupyter sees it', { timeout: 180_000 }, () => {
  const START = `
import sys, jupyter_client
manager, client = jupyter_client.manager.start_new_kernel(kernel_name=sys.argv[1], startup_timeout=120)
text = []
client.execute_interactive("console.log(process.env.NIR_MODEL)", timeout=120,
    output_hook=lambda message: text.append(message["content"].get("text", "")))
print("".join(text).strip())
client.stop_channels()
manager.shutdown_kernel(now=True)
`

  it.each([
    ['for the user', ['--user']],
    ['below a prefix with a space', ['--prefix', 'a prefix']],
  ])('is listed, starts with its model and is removed: %s', async (_, target) => {
    const folder = mkdtempSync(join(tmpdir(), 'nir with spaces '))
    const data = join(folder, 'data')
    const env = { JUPYTER_DATA_DIR: data, JUPYTER_PATH: join(folder, 'a prefix', 'share', 'jupyter') }
    const [kind, path] = target
    const place = path === undefined ? [kind!] : [kind!, join(folder, path)]
    const root = path === undefined ? data : env.JUPYTER_PATH
    const model = join(folder, 'my model.gguf')
    writeFileSync(model, '')
    const python = (...args: string[]) =>
      spawnSync(PYTHON, args, { env: { ...process.env, ...env }, cwd: folder, encoding: 'utf8' }).stdout

    const installed = await nir(['kernel', 'install', ...place, '--name', 'Mine', '--model', model], { env })
    expect(installed.stderr).toBe('')
    expect(installed.stdout).toBe(`Installed the kernel in ${join(root, 'kernels', 'mine')}\n`)
    const listed = () =>
      (JSON.parse(python('-m', 'jupyter_client.kernelspecapp', 'list', '--json')) as { kernelspecs: object })
        .kernelspecs
    expect(listed()).toMatchObject({
      mine: { resource_dir: join(root, 'kernels', 'mine'), spec: { display_name: 'TypeScript (NIR: Mine)' } },
    })
    expect(python('-c', START, 'mine')).toBe(`${model}\n`)
    expect((await nir(['kernel', 'uninstall', ...place, '--name', 'Mine'], { env })).status).toBe(0)
    expect(listed()).not.toHaveProperty('mine')
  })

  it.each(['a b', '../up', ''])('refuses the name %j', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'nir-kernels-'))
    const { status, stderr } = await nir(['kernel', 'install', '--name', name], {
      env: { JUPYTER_DATA_DIR: folder },
    })
    expect(status).toBe(1)
    expect(stderr).toContain(`"${name}" is no name for a kernel. Use letters`)
  })
})
