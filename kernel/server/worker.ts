import { parentPort, workerData } from 'node:worker_threads'
import { watchParent } from './parent-watch.js'
import type { ServerData, ToServer } from './protocol.js'
import { KernelServer } from './server.js'

watchParent()
const port = parentPort!
const server = await KernelServer.start(workerData as ServerData, (message) => port.postMessage(message))
port.on('message', (message: ToServer) => server.hear(message))
