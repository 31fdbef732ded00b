/** Whose word about clients counts: the addresses of one's own proxies. */

import { BlockList, isIP, isIPv4 } from 'node:net'
import { PkiError } from '../errors.ts'

/** How many bits stand before the IPv4 address in an IPv4-mapped one (RFC 4291 §2.5.5.2). */
const MAPPED_BITS = 96

const MAPPED = new BlockList()
MAPPED.addSubnet('::ffff:0:0', MAPPED_BITS, 'ipv6')

/** Whether an IPv6 address is ::ffff:a.b.c.d, in whatever spelling. */
function isMapped(address: string): boolean {
  return !isIPv4(address) && MAPPED.check(address, 'ipv6')
}

/** A list of addresses and ranges. */
export class TrustedProxies {
  readonly #list = new BlockList()

  /**
   * @param texts addresses and ranges in CIDR notation, `10.0.0.0/8`, `fd00::/8`; `loopback` for those of this machine
   * @throws PkiError `usage.option` for an empty list and for what is no address
   */
  constructor(texts: readonly string[]) {
    if (!Array.isArray(texts) || texts.length === 0) {
      throw new PkiError('usage.option', 'trustedProxies must name the proxies whose headers are to be believed', {
        hint: "without it every client could say who it is: pass the addresses of the proxies, or 'loopback'",
      })
    }
    for (const text of texts.flatMap((one) => (one === 'loopback' ? ['127.0.0.0/8', '::1'] : [one]))) this.#add(text)
  }

  #add(text: string): void {
    const [address = '', prefix, ...more] = String(text).split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    const longest = family === 'ipv4' ? 32 : 128
    const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
    if (isIP(address) === 0 || more.length > 0 || !(bits <= longest)) {
      throw new PkiError('usage.option', `${text} is neither an IP address nor a range of them`, {
        context: { trustedProxy: text },
      })
    }
    // ::ffff:10.0.0.0/8 has no bit of the IPv4 address in its range: it would be everybody's.
    if (isMapped(address) && bits < MAPPED_BITS) {
      throw new PkiError(
        'usage.option',
        `${text} is a range of IPv4 addresses written as one of IPv6, and holds them all`,
        {
          hint: 'write it as a range of IPv4 addresses: 10.0.0.0/8, 192.0.2.1',
          context: { trustedProxy: text },
        },
      )
    }
    this.#list.addSubnet(address, bits, family)
  }

  /** Whether this is the address of a proxy on the list. A peer without an address is none. */
  includes(address: string | undefined): boolean {
    if (address === undefined) return false
    // A server that listens on :: sees IPv4 clients as ::ffff:10.0.0.1.
    const text = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
    const family = isIP(text)
    return family !== 0 && this.#list.check(text, family === 4 ? 'ipv4' : 'ipv6')
  }
}
