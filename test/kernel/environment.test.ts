import { describe, expect, it } from 'vitest'
import { TestKernel } from './session.js'

/** Every name that a cell may count on, used with its type. */
const GLOBALS = `
console.log('text', 1); console.error('text'); console.table([{ a: 1 }])
const timer: NodeJS.Timeout = setTimeout(() => undefined, 1); clearTimeout(timer)
clearInterval(setInterval(() => undefined, 1)); setImmediate(() => undefined); queueMicrotask(() => undefined)
const isFunction: boolean = typeof fetch === 'function'
const request = (url: URL): Promise<Response> => fetch(url, { signal: AbortSignal.timeout(10) })
const host: string = new URL('http://example.org/a').host + new URLSearchParams({ a: '1' }).get('a')
const copy: { a: number } = structuredClone({ a: 1 })
const signal: AbortSignal = new AbortController().signal
const bytes: Uint8Array = new TextEncoder().encode('a')
const text: string = new TextDecoder().decode(bytes)
const now: number = performance.now()
const id: string = crypto.randomUUID()
const encoded: string = btoa('a') + Buffer.from('a').toString('base64') + process.version
const blob: Blob = new Blob(['a']), form = new FormData(), headers = new Headers()
const event = new Event('a'), target = new EventTarget(), stream = new ReadableStream()
;[host, copy.a, text, isFunction, typeof now, id.length]`

const OLD_NODE = `declare var console: { log(text: string): void }
declare function setTimeout(callback: string): number
declare var process: { old: true }
declare class URL { old: true }
declare module "fs" { export function old(): void }`

const FOLDERS: Record<string, Record<string, string>> = {
  'an empty folder': {},
  'a folder with a tsconfig that leaves everything out': {
    'tsconfig.json': JSON.stringify({
      compilerOptions: { lib: ['es5'], types: [], noEmit: true, noLib: true },
    }),
    'package.json': JSON.stringify({ name: 'mine', type: 'module' }),
  },
  'a folder with broken types': {
    'tsconfig.json': '{ this is no JSON',
    'package.json': 'nor is this',
    'node_modules/@types/node/package.json': '{',
    'node_modules/@types/node/index.d.ts': 'declare module { ( [ "',
    'node_modules/@types/empty/readme.md': '',
  },
  'a folder with types of another Node': {
    'node_modules/@types/node/package.json': JSON.stringify({
      name: '@types/node',
      version: '8.0.0',
      types: 'index.d.ts',
    }),
    'node_modules/@types/node/index.d.ts': OLD_NODE,
  },
}

describe('names that every cell has', () => {
  it.each(Object.keys(FOLDERS))('type-check and run in %s', async (name) => {
    const kernel = await TestKernel.start({}, { files: FOLDERS[name]! })
    try {
      const { reply, result } = await kernel.run(GLOBALS)
      expect(reply['traceback'] ?? []).toEqual([])
      expect(result).toContain("'example.org1', 1, 'a', true, 'number', 36")
    } finally {
      await kernel.stop()
    }
  })

  it('stay where a package brings types of another Node', async () => {
    const files = {
      ...FOLDERS['a folder with types of another Node'],
      'node_modules/needs-node/package.json': JSON.stringify({
        name: 'needs-node',
        main: 'index.js',
        types: 'index.d.ts',
      }),
      'node_modules/needs-node/index.js': 'exports.answer = () => 42',
      'node_modules/needs-node/index.d.ts':
        '/// <reference types="node" />\nexport declare function answer(): number',
    }
    const kernel = await TestKernel.start({}, { files })
    try {
      const { reply } = await kernel.run(`import { answer } from 'needs-node'\n${GLOBALS}\nanswer()`)
      expect(reply['traceback'] ?? []).toEqual([])
      expect((await kernel.run('answer() + 0')).result).toBe('42')
      expect((await kernel.run(GLOBALS)).reply['status']).toBe('ok')
    } finally {
      await kernel.stop()
    }
  })

  it('stay after a cell with names that do not exist', async () => {
    const kernel = await TestKernel.start()
    try {
      const { reply } = await kernel.run('import { x } from "no-such-package"\nnoSuchName(x)')
      expect(reply['ename']).toBe('TypeScriptError')
      expect((await kernel.run(GLOBALS)).reply['status']).toBe('ok')
    } finally {
      await kernel.stop()
    }
  })
})
