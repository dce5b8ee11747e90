import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { ExitRefused } from './errors.js'
import { Kernel } from './kernel.js'
import { historyFolder } from './kernelspec/folders.js'
import { endProcess } from './server/end-process.js'
import { CLOSED, FLAG_BYTES, type ServerData, type ToExecutor, type ToServer } from './server/protocol.js'
import { packageVersion } from './version.js'

// Jupyter interrupts by message; a Ctrl-C in the terminal reaches the whole process group and must not end kernels.
process.on('SIGINT', () => undefined)

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { api: { type: 'string' }, 'no-history': { type: 'boolean' } },
})
const connectionFile = positionals[0]
if (connectionFile === undefined) {
  console.error('usage: node --no-force-async-hooks-checks main.js CONNECTION_FILE')
  process.exit(2)
}
readFileSync(connectionFile)

// Cells may not end the kernel.
const exitProcess = process.exit.bind(process)
process.exit = (code) => {
  throw new ExitRefused(code)
}

const CLOSE_WITHIN_MS = 1000

const api = values.api ? pathToFileURL(values.api) : new URL('../src/index.js', import.meta.url)
const memory = new SharedArrayBuffer(FLAG_BYTES)
const flags = new Int32Array(memory)
const data: ServerData = {
  connectionFile,
  flags: memory,
  version: packageVersion(),
  history: values['no-history'] ? undefined : historyFolder(),
}
const server = new Worker(new URL('./server/worker.js', import.meta.url), { workerData: data })
server.on('error', (error) => {
  process.stderr.write(`[nir kernel] the message server failed: ${String(error)}\n`)
  exitProcess(1)
})

// ZeroMQ aborts the process when its thread ends with open sockets.
process.on('exit', () => {
  server.postMessage({ kind: 'close' } satisfies ToServer)
  Atomics.wait(flags, CLOSED, 0, CLOSE_WITHIN_MS)
})

/** Ends the process once the handlers of its exit have run, which may ask for its end too. */
function exit(): void {
  Object.assign(process, { exit: exitProcess, reallyExit: endProcess })
  exitProcess(0)
}

const early: ToExecutor[] = []
let take = (message: ToExecutor): void => void early.push(message)
server.on('message', (message: ToExecutor) => take(message))

const kernel = new Kernel({
  cwd: process.cwd(),
  api,
  flags,
  tell: (message: ToServer) => server.postMessage(message),
  exit,
})
if (early.every((message) => message.kind !== 'request')) kernel.warmUp()
take = (message) => kernel.hear(message)
for (const message of early) kernel.hear(message)
