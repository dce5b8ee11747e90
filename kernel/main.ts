import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { Kernel } from './kernel.js'
import type { ServerData, ToExecutor, ToServer } from './server/protocol.js'
import { packageVersion } from './version.js'

// Jupyter interrupts by message; a Ctrl-C in the terminal reaches the whole process group and must not end kernels.
process.on('SIGINT', () => undefined)

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { api: { type: 'string' } },
})
const connectionFile = positionals[0]
if (connectionFile === undefined) {
  console.error('usage: node --no-force-async-hooks-checks main.js CONNECTION_FILE')
  process.exit(2)
}
readFileSync(connectionFile)

const api = values.api ? pathToFileURL(values.api) : new URL('../src/index.js', import.meta.url)
const flags = new SharedArrayBuffer(4)
const data: ServerData = { connectionFile, flags, version: packageVersion() }
const server = new Worker(new URL('./server/worker.js', import.meta.url), { workerData: data })
server.on('error', (error) => {
  process.stderr.write(`[nir kernel] the message server failed: ${String(error)}\n`)
  process.exit(1)
})

const early: ToExecutor[] = []
let take = (message: ToExecutor): void => void early.push(message)
server.on('message', (message: ToExecutor) => take(message))

const kernel = new Kernel({
  cwd: process.cwd(),
  api,
  flags: new Int32Array(flags),
  tell: (message: ToServer) => server.postMessage(message),
  exit: () => {
    server.once('exit', () => process.exit(0))
    server.postMessage({ kind: 'close' } satisfies ToServer)
  },
})
if (early.every((message) => message.kind !== 'request')) kernel.warmUp()
take = (message) => kernel.hear(message)
for (const message of early) kernel.hear(message)
