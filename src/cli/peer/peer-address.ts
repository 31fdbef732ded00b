/** Text that names a TLS server. */

export interface PeerAddress {
  readonly host: string
  readonly port: number
  /** The name to ask for in SNI, where it is not the host. */
  readonly serverName?: string | undefined
}

/** `host:port`, `[::1]:port`, or a URL of https; undefined for other text. */
export function parsePeerAddress(text: string): PeerAddress | undefined {
  const url = /^https:\/\/(\[[0-9A-Fa-f:.]+\]|[^/:\s]+)(?::(\d{1,5}))?(?:[/?#].*)?$/i.exec(text)
  const match = url ?? /^(\[[0-9A-Fa-f:.]+\]|[^/\\:\s]+):(\d{1,5})$/.exec(text)
  const [, host, port = '443'] = match ?? []
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

/** As {@link parsePeerAddress}, and a host alone stands for its port 443. */
export function parsePeerOrHost(text: string): PeerAddress | undefined {
  return parsePeerAddress(text) ?? (text.includes('/') ? undefined : parsePeerAddress(`https://${text}`))
}
