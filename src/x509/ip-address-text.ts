/** IP addresses and ranges as people type them. What an address looks like is known to `ip-address.ts`. */

import { generalNameError } from './general-name-error.ts'
import { formatIpRange, ipAddressOctets, isContiguousMask, prefixMask } from './ip-address.ts'

/**
 * The 4 or 16 octets of an IP address; brackets around IPv6 are taken off.
 * @throws PkiError `usage.general-name`
 */
export function parseIpAddress(text: string): Uint8Array {
  const octets = ipAddressOctets(text.replace(/^\[(.*)\]$/, '$1'))
  if (octets === undefined) {
    const hint = text.includes('/') ? 'a range belongs in a name constraint' : undefined
    throw generalNameError(`ip:${text}`, 'is not an IP address', hint)
  }
  return octets
}

/**
 * Address and mask, 8 or 32 octets, of `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or a single address. Bits behind the mask
 * must be zero.
 * @throws PkiError `usage.general-name`
 */
export function parseIpRange(text: string): Uint8Array {
  const [addressText = '', maskText, ...rest] = text.split('/')
  const address = ipAddressOctets(addressText)
  const mask =
    address &&
    (maskText === undefined ? prefixMask(address.length * 8, address.length) : parseMask(maskText, address.length))
  if (address === undefined || mask === undefined || rest.length > 0) {
    throw generalNameError(
      `ip:${text}`,
      'is not a range of IP addresses',
      'as in 10.0.0.0/8, 10.0.0.0/255.0.0.0 or 2001:db8::/32',
    )
  }
  const network = address.map((octet, i) => octet & (mask[i] as number))
  if (network.some((octet, i) => octet !== address[i])) {
    const range = formatIpRange(Uint8Array.of(...network, ...mask))
    throw generalNameError(`ip:${text}`, 'has address bits behind the mask', `the network is ${range}`)
  }
  return Uint8Array.of(...address, ...mask)
}

function parseMask(text: string, length: number): Uint8Array | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= length * 8 ? prefixMask(Number(text), length) : undefined
  const mask = ipAddressOctets(text)
  return mask !== undefined && mask.length === length && isContiguousMask(mask) ? mask : undefined
}
