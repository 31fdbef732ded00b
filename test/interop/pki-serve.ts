/** `pki serve` inside this process, and a fresh hierarchy whose certificates point to it. */

import { join } from 'node:path'
import { startPki } from '../cli/running-pki.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { pki } from './pki.ts'
import { freePort } from './server-program.ts'

/** A server of ours that runs until it is stopped. */
export interface PkiServer {
  readonly url: string
  readonly port: number
  /** What it has written to standard error so far. */
  said(): string
  /** @throws Error if it does not end with 0 */
  stop(): Promise<void>
}

/** Runs `pki serve` with these arguments in `folder`, with the real clock. @throws Error if it does not come up */
export async function servePki(folder: string, ...args: readonly string[]): Promise<PkiServer> {
  const { facts, said, stop } = await startPki(['serve', ...args], folder)
  return {
    url: facts.url,
    port: facts.port,
    said,
    stop: async () => {
      const { exitCode, stderr } = await stop()
      if (exitCode !== 0) throw new Error(`pki serve ended with ${exitCode}:\n${stderr}`)
    },
  }
}

/** root, below it ca1, below that the server `web` (localhost, 127.0.0.1) and the client `alice`. */
export interface ServedHierarchy {
  readonly folder: string
  readonly url: string
  /** The certificate of a name, PEM. */
  certificate(name: string): string
  /** Its private key. */
  key(name: string): string
  pki(...args: readonly string[]): Promise<string>
  /** Starts the server that the certificates point to. */
  serve(...args: readonly string[]): Promise<PkiServer>
  remove(): void
}

/** Makes the hierarchy with these options for each certificate; nothing is served yet. */
export async function servedHierarchy(...options: readonly string[]): Promise<ServedHierarchy> {
  const folder = folderOfSuite('served')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const issue = (...args: readonly string[]) => pki(folder, 'issue', ...args, '--base-url', url, ...options)
  await pki(folder, 'init', 'root', ...options)
  await issue('intermediate', 'ca1', '--from', 'root')
  await issue('server', 'web', '--from', 'ca1', '--dns', 'localhost', '--ip', '127.0.0.1')
  await issue('client', 'alice', '--from', 'ca1')
  return {
    folder,
    url,
    certificate: (name) => join(folder, 'pki', 'certs', `${name}.crt`),
    key: (name) => join(folder, 'pki', 'private', `${name}.key`),
    pki: (...args) => pki(folder, ...args),
    serve: (...args) => servePki(folder, '--port', String(port), ...args),
    remove: () => removeFolder(folder),
  }
}
