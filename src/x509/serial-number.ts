/** Serial numbers (RFC 5280 §4.1.2.2) as people compare them. */

/** Hexadecimal, lower case, whole octets; a negative one, which the RFC forbids, with its sign. */
export function formatSerialNumber(serialNumber: bigint): string {
  const digits = (serialNumber < 0n ? -serialNumber : serialNumber).toString(16)
  return `${serialNumber < 0n ? '-' : ''}${digits.length % 2 === 0 ? '' : '0'}${digits}`
}

/**
 * A serial number as people write it: hexadecimal in either case, with colons or spaces between octets, with or
 * without `0x`.
 * @returns undefined for anything else
 */
export function parseSerialNumber(text: string): bigint | undefined {
  const match = /^(-?)(?:0x)?([0-9a-f]{1,128})$/i.exec(text.trim().replace(/(?<=[0-9a-f]{2})[: ](?=[0-9a-f]{2})/gi, ''))
  if (match === null) return undefined
  const magnitude = BigInt(`0x${match[2]}`)
  return match[1] === '-' ? -magnitude : magnitude
}
