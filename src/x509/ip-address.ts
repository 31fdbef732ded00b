/** IP addresses and ranges as the octets of iPAddress (RFC 5280 §4.2.1.6, §4.2.1.10), and as text (RFC 5952). */

// Read here and not by `node:net`, whose loading would take a good part of the time that issuing a certificate takes.
const IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/
const IPV6_GROUP = /^[0-9a-f]{1,4}$/i

/** The 4 or 16 octets of an address; undefined if the text is not one. Zones (`%eth0`) have no place in octets. */
export function ipAddressOctets(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Octets(text) : ipv4Octets(text)
}

function ipv4Octets(text: string): Uint8Array | undefined {
  return IPV4.test(text) ? Uint8Array.from(text.split('.').map(Number)) : undefined
}

/** RFC 4291 §2.2: eight groups; `::` once for one or more groups of zeros; the last two groups also as IPv4. */
function ipv6Octets(text: string): Uint8Array | undefined {
  const [left = '', right, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const head = groupOctets(left, right === undefined)
  const tail = right === undefined ? [] : groupOctets(right, true)
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (right === undefined ? missing !== 0 : missing < 2) return undefined
  return Uint8Array.of(...head, ...new Array<number>(missing).fill(0), ...tail)
}

/** The octets of groups between colons; undefined if one is none. */
function groupOctets(groups: string, mayEndInIpv4: boolean): readonly number[] | undefined {
  if (groups === '') return []
  const octets: number[] = []
  const parts = groups.split(':')
  for (const [i, part] of parts.entries()) {
    const ipv4 = mayEndInIpv4 && i === parts.length - 1 ? ipv4Octets(part) : undefined
    if (ipv4 !== undefined) octets.push(...ipv4)
    else if (IPV6_GROUP.test(part)) octets.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff)
    else return undefined
  }
  return octets
}

/** The mask of `bits` ones in `length` octets. */
export function prefixMask(bits: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 0xff00 >> Math.min(8, Math.max(0, bits - 8 * i)))
}

/** How many ones a mask begins with; undefined if a one follows a zero. */
function prefixLength(mask: Uint8Array): number | undefined {
  let bits = 0
  while (bits < mask.length * 8 && ((mask[bits >> 3] as number) & (0x80 >> (bits & 7))) !== 0) bits++
  return prefixMask(bits, mask.length).every((octet, i) => octet === mask[i]) ? bits : undefined
}

/** Whether a mask is CIDR-style, ones before zeros, as §4.2.1.10 asks (RFC 4632). */
export function isContiguousMask(mask: Uint8Array): boolean {
  return prefixLength(mask) !== undefined
}

/** The text of an address; undefined if it has neither 4 nor 16 octets. */
export function formatIpAddress(octets: Uint8Array): string | undefined {
  if (octets.length === 4) return octets.join('.')
  return octets.length === 16 ? formatIpv6(octets) : undefined
}

/** RFC 5952 §4: no leading zeros, lower case, the first longest run of two or more zero groups as `::`. */
function formatIpv6(octets: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((octets[2 * i] as number) << 8) | (octets[2 * i + 1] as number))
  let longest = { start: -1, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > longest.length) longest = { start, length }
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  if (longest.start === -1) return text(groups)
  return `${text(groups.slice(0, longest.start))}::${text(groups.slice(longest.start + longest.length))}`
}

/** `10.0.0.0/8` for address and mask, the mask written out where it is no prefix; undefined for other lengths. */
export function formatIpRange(octets: Uint8Array): string | undefined {
  if (octets.length !== 8 && octets.length !== 32) return undefined
  const mask = octets.subarray(octets.length / 2)
  const address = formatIpAddress(octets.subarray(0, octets.length / 2))
  return `${address}/${prefixLength(mask) ?? formatIpAddress(mask)}`
}
