/**
 * Servers that nobody here wrote: how they are started and stopped. They listen on 127.0.0.1, on ports that were free a
 * moment ago.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A TCP port of 127.0.0.1 that was free a moment ago, for servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A server program that runs until it is stopped. */
export interface Server {
  readonly port: number
  stop(): Promise<void>
}

/**
 * Starts a server program and waits until it takes connections on `port`.
 * @throws Error with what it said if it ends before, or is not there within ten seconds
 */
export async function startServer(
  path: string,
  args: readonly string[],
  port: number,
  { cwd, env }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Server> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env: { ...process.env, ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
  const stop = () => stopProcess(child)
  for (const deadline = Date.now() + 10_000; ; await sleep(20)) {
    if (await takesConnections(port)) return { port, stop }
    if (child.exitCode === null && Date.now() < deadline) continue
    await stop()
    throw new Error(`${path} did not come up on port ${port}:\n${said}`)
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 3000)
  await ended
  clearTimeout(killer)
}

async function takesConnections(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.setTimeout(1000, () => socket.destroy())
    socket.once('connect', () => socket.destroy())
  })
}
