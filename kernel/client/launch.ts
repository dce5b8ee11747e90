import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '../messaging/connection.js'
import { kernelCommand } from '../kernelspec/kernelspec.js'

/** How to start a kernel. */
export interface LaunchOptions {
  /** The notebook's folder. */
  cwd: string
  /** Added to the kernel's environment. */
  env?: NodeJS.ProcessEnv
  /** Added to the kernel's command line. */
  args?: readonly string[]
}

/** A kernel process with its connection. */
export interface LaunchedKernel {
  process: ChildProcess
  connection: Connection
  /** Removes the connection file. */
  cleanUp(): void
}

/** Starts this package's kernel as a child that ends with this process. */
export async function launchKernel(options: LaunchOptions): Promise<LaunchedKernel> {
  const folder = mkdtempSync(join(tmpdir(), 'nir-kernel-'))
  const connection = await freshConnection(folder)
  const file = join(folder, 'connection.json')
  writeFileSync(file, JSON.stringify(connection), { mode: 0o600 })
  const [node, ...command] = kernelCommand(file)
  // What is typed is history; a notebook that is run as a whole is not.
  const child = spawn(node!, [...command, '--no-history', ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...process.env, JPY_PARENT_PID: String(process.pid), ...options.env },
    // Of its own process group: Ctrl-C is for this process, which interrupts the kernel by message.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { process: child, connection, cleanUp: () => rmSync(folder, { recursive: true, force: true }) }
}

async function freshConnection(folder: string): Promise<Connection> {
  const common = { key: randomUUID(), signature_scheme: 'hmac-sha256' }
  const useTcp = process.platform === 'win32'
  const ports = useTcp ? await freePorts(5) : [1, 2, 3, 4, 5]
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports as [
    number,
    number,
    number,
    number,
    number,
  ]
  return {
    ...common,
    transport: useTcp ? 'tcp' : 'ipc',
    ip: useTcp ? '127.0.0.1' : join(folder, 'kernel'),
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = []
  for (let taken = 0; taken < count; taken++) {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
