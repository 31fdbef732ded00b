/**
 * Whom evidence may be fetched from. A certificate is somebody else's text, and the URLs in it would otherwise make
 * this program ask whatever machine they name, those behind a firewall included.
 *
 * This machine may be asked: the host must be an address of the loopback, or `localhost` or a name below it, and what
 * such a name resolves to is checked (RFC 6761 §6.3 promises it, a hosts file need not keep it). Every other host must
 * have been named by the caller; until it is, not even its name is looked up, because the question alone tells a name
 * server that somebody is verifying. The caller connects to the address that comes out of here and to no other, so that
 * a second look-up with another answer does no harm.
 */

import { lookup as systemLookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { PkiError } from '../errors.ts'
import { FetchError } from './fetch-error.ts'

/** Where to connect to: never a name. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/** Resolves a name to all its addresses. */
export type Lookup = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether an IP address is of the loopback; one that is mapped into IPv6 is what it is mapped from. */
export function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** Hosts that may be asked, and where they are. */
export class Destinations {
  readonly #allowed: ReadonlySet<string>
  readonly #lookup: Lookup

  /**
   * @param allowedHosts names and addresses beside the loopback, with a port if only that one is meant
   * @throws PkiError `usage.general-name` for what is no host
   */
  constructor(allowedHosts: readonly string[] = [], lookup: Lookup = (name) => systemLookup(name, { all: true })) {
    this.#allowed = new Set(allowedHosts.map(parseAllowedHost))
    this.#lookup = lookup
  }

  /**
   * Reads a URL that may be fetched as far as its text shows.
   * @throws FetchError `malformed-url`, `not-http`, `host-not-allowed`
   */
  requireAllowed(text: string, base?: URL): URL {
    const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined
    if (url === undefined) throw new FetchError('malformed-url')
    if (url.protocol !== 'http:') throw new FetchError('not-http', url.protocol.slice(0, -1))
    const host = hostOf(url)
    const named = this.#isNamed(url)
    const mayBeLoopback = isIP(host) === 0 ? isLocalhost(host) : isLoopback(host)
    if (!named && !mayBeLoopback) throw new FetchError('host-not-allowed', url.host)
    return url
  }

  /**
   * The addresses at which a URL may be fetched.
   * @throws FetchError as {@link requireAllowed}, and `unresolved`
   */
  async addressesOf(url: URL): Promise<readonly Address[]> {
    this.requireAllowed(url.href)
    const host = hostOf(url)
    const family = isIP(host)
    const found = family === 0 ? await this.#resolve(host) : [{ address: host, family }]
    const usable = this.#isNamed(url) ? found : found.filter(({ address }) => isLoopback(address))
    if (usable.length === 0) {
      const addresses = found.map(({ address }) => address).join(', ')
      throw new FetchError('host-not-allowed', `${url.host} is ${addresses}`)
    }
    return usable.map(({ address }) => ({ address, family: isIP(address) === 6 ? 6 : 4 }))
  }

  #isNamed(url: URL): boolean {
    const host = url.hostname.replace(/\.$/, '')
    return this.#allowed.has(host) || this.#allowed.has(`${host}:${url.port || '80'}`)
  }

  async #resolve(host: string): Promise<Awaited<ReturnType<Lookup>>> {
    try {
      const found = await this.#lookup(host)
      if (found.length > 0) return found
    } catch (cause) {
      const { code = '', message } = cause as NodeJS.ErrnoException
      throw new FetchError('unresolved', code === '' ? message : code, { cause })
    }
    throw new FetchError('unresolved')
  }
}

/** The host without the brackets of an IPv6 address and without the dot of the root. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost')
}

/**
 * In the form in which URLs have it: lower case, A-labels, addresses in their shortest form, no default port.
 * @throws PkiError `usage.general-name`
 */
export function parseAllowedHost(text: string): string {
  const isBareIpv6 = isIP(text) === 6
  const href = `http://${isBareIpv6 ? `[${text}]` : text}`
  const url = URL.canParse(href) ? new URL(href) : undefined
  const isHost = url !== undefined && url.hostname !== '' && !/[/?#@\\\s*]/.test(text)
  if (!isHost) {
    throw new PkiError('usage.general-name', `not a host: ${text}`, {
      hint: 'a host is a name or an address, with a port if only that is meant: crl.example.com, [2001:db8::1]:8080',
      context: { text },
    })
  }
  const hasPort = !isBareIpv6 && /:\d+$/.test(text)
  const host = url.hostname.replace(/\.$/, '')
  return hasPort ? `${host}:${url.port || '80'}` : host
}
