/** An HTTP server of this machine that hands out prepared CRLs, OCSP responses and certificates. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type EvidenceKind = 'crl' | 'ocsp' | 'ca'

const MEDIA_TYPES: Readonly<Record<EvidenceKind, string>> = {
  crl: 'application/pkix-crl',
  ocsp: 'application/ocsp-response',
  ca: 'application/pkix-cert',
}

export class EvidenceServer {
  readonly #bodies = new Map<string, Uint8Array>()
  readonly #server: Server
  #served = 0

  private constructor() {
    this.#server = createServer((request, response) => {
      // An OCSP request stands behind the path; whatever it asks, the answer was made before.
      const [, kind, id] = (request.url ?? '').split('/')
      const body = this.#bodies.get(`${kind}/${id}`)
      if (body === undefined) {
        response.writeHead(404).end()
        return
      }
      this.#served++
      const type = MEDIA_TYPES[kind as EvidenceKind]
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body)
    })
  }

  static async start(): Promise<EvidenceServer> {
    const server = new EvidenceServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  /** Where what {@link EvidenceServer.put} puts under this name is to be had. */
  url(kind: EvidenceKind, id: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${kind}/${id}`
  }

  put(kind: EvidenceKind, id: string, body: Uint8Array): void {
    this.#bodies.set(`${kind}/${id}`, body)
  }

  /** How many requests got something. */
  get served(): number {
    return this.#served
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
