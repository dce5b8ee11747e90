import { Publisher as PubSocket, Router } from 'zeromq'
import { address, type Connection } from '../messaging/connection.js'

/** The five sockets of a kernel. */
export interface Sockets {
  shell: Router
  control: Router
  stdin: Router
  iopub: PubSocket
  hb: Router
}

/**
 * Binds the sockets, one after another: ZeroMQ.js throws "Socket is blocked by a bind" on a receive that starts
 * before its bind has ended.
 */
export async function bindSockets(connection: Connection): Promise<Sockets> {
  const options = { sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 1000 }
  const sockets: Sockets = {
    shell: new Router(options),
    control: new Router(options),
    stdin: new Router(options),
    iopub: new PubSocket({ sendHighWaterMark: 0, linger: 1000 }),
    hb: new Router(options),
  }
  for (const channel of ['shell', 'control', 'stdin', 'iopub', 'hb'] as const) {
    await sockets[channel].bind(address(connection, channel))
  }
  return sockets
}
