/** Extensions as OpenSSL reads them: what of BER is taken, what is not, and that the engine itself takes none of it. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DerError } from '../../src/der/reader.ts'
import { integer, namedBitString, sequence } from '../../src/der/writer.ts'
import { derFromBer } from '../../src/path/x509chain/ber.ts'
import { buildX509Chain } from '../../src/path/x509chain/chain.ts'
import { asIssued, asOpensslReads } from '../../src/path/x509chain/reading.ts'
import { encodeAuthorityKeyIdentifier } from '../../src/x509/extension-encoding.ts'
import type { AuthorityKeyIdentifier } from '../../src/x509/extension-value.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { makeChain, trusting } from '../interop/dotnet-chain/chain-case.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const octets = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

describe('BER, written again in DER', () => {
  it.each([
    ['DER stays as it is', '30 06 01 01 ff 02 01 00', '300601 01ff 020100'],
    ['an indefinite length', '30 80 02 01 05 00 00', '3003 020105'],
    ['indefinite inside of indefinite', '30 80 a0 80 02 01 05 00 00 00 00', '3005 a003 020105'],
    ['a longer length than needed', '30 82 00 04 02 81 01 05', '3003 020105'],
    ['TRUE that is not FF', '01 01 01', '0101ff'],
    ['FALSE', '01 01 00', '010100'],
    ['bits behind the end', '03 02 01 87', '03020186'],
    ['zero bits at the end', '03 03 07 86 00', '03020186'],
    ['no bit at all', '03 02 00 00', '030100'],
    ['octets behind the value', '02 01 05 ff', '020105'],
    ['a string in pieces', '24 80 04 01 61 04 01 62 00 00', '04026162'],
    // OpenSSL takes the first octet for the number of unused bits, and that of the second piece for bits.
    ['a bit string in pieces', '23 08 03 02 01 80 03 02 00 86', '0304 01 800086'],
  ])('%s', (_, ber, der) => {
    expect(hex(derFromBer(octets(ber)))).toBe(der.replaceAll(' ', ''))
  })

  it.each([
    ['nothing', ''],
    ['no length', '30'],
    ['an end that is not there', '30 80 02 01 05'],
    ['a length beyond the end', '30 04 02 01 05'],
    ['a child beyond its parent', '30 03 02 02 05 05'],
    ['an indefinite length of something primitive', '02 80 05 00 00'],
    ['a length of too many octets', 'ff 88 ff'],
    ['a tag of many octets', '3f 81 00'],
    ['TRUE of two octets', '01 02 ff ff'],
    ['eight unused bits', '03 02 08 86'],
    ['a bit string of nothing', '03 00'],
    ['nested too deep', `${'30 80'.repeat(40)}${'00 00'.repeat(40)}`],
  ])('%s is not taken', (_, ber) => {
    expect(() => derFromBer(octets(ber))).toThrow(DerError)
  })

  it('any octets give DER or an error of their own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const der = derFromBer(bytes)
          expect(hex(derFromBer(der))).toBe(hex(der))
        } catch (error) {
          expect(error).toBeInstanceOf(DerError)
        }
      }),
      { numRuns: 2000, seed: 1 },
    )
  })
})

describe('a certificate', () => {
  const good = makeChain({}).leaf
  const inBer = makeChain({ leaf: { extensions: { keyUsage: octets('03 02 01 87') } } }).leaf

  it('without a malformed extension is itself', () => {
    expect(asOpensslReads(good)).toBe(good)
    expect(asIssued(good)).toBe(good)
  })

  it('with one is read again, once, and stays what it is for everybody else', () => {
    const reading = asOpensslReads(inBer)
    expect(reading.decoded.keyUsage).toEqual(['digitalSignature', 'keyCertSign', 'cRLSign'])
    expect(asOpensslReads(inBer)).toBe(reading)
    expect(asIssued(reading)).toBe(inBer)
    expect(inBer.decoded.keyUsage).toBeUndefined()
  })

  it('may have issuer without serial number in its authority key identifier, or the other way round', () => {
    const issuer = [parseGeneralNameText('dirname:CN=root')]
    const reading = (fields: Partial<AuthorityKeyIdentifier>) => {
      const none = { keyIdentifier: undefined, authorityCertIssuer: undefined, authorityCertSerialNumber: undefined }
      const authorityKeyIdentifier = encodeAuthorityKeyIdentifier({ ...none, ...fields })
      const { leaf } = makeChain({ leaf: { extensions: { authorityKeyIdentifier } } })
      expect(leaf.decoded.authorityKeyIdentifier).toBeUndefined()
      return asOpensslReads(leaf).decoded.authorityKeyIdentifier
    }
    expect(reading({ authorityCertIssuer: issuer })).toMatchObject({ authorityCertIssuer: [{ type: 'directoryName' }] })
    expect(reading({ authorityCertSerialNumber: 7n })).toMatchObject({ authorityCertSerialNumber: 7n })
  })

  const namesRead = (...elements: readonly string[]) => {
    const { leaf } = makeChain({ leaf: { extensions: { subjectAltName: sequence(...elements.map(octets)) } } })
    expect(leaf.decoded.subjectAltName).toBeUndefined()
    return asOpensslReads(leaf).decoded.subjectAltName
  }

  it.each([
    ['an octet that is not ASCII is a character', '82 02 fc 61', { type: 'dNSName', value: '\u00fca' }],
    ['so is each octet of one in UTF-8', '81 03 c3 bc 61', { type: 'rfc822Name', value: '\u00c3\u00bca' }],
    ['pieces are put together', 'a6 08 16 02 61 62 16 02 63 64', { type: 'uniformResourceIdentifier', value: 'abcd' }],
    ['so are pieces of pieces', 'a2 08 36 06 16 01 61 16 01 62', { type: 'dNSName', value: 'ab' }],
  ])('may have names that are no IA5String: %s', (_, name, read) => {
    expect(namesRead(name)).toEqual([read])
    expect(namesRead('82 01 61', name)).toEqual([{ type: 'dNSName', value: 'a' }, read])
  })

  it.each([
    ['of the private class', 'c2 01 61'],
    ['a network address in pieces', 'a7 06 04 04 7f 00 00 01'],
    ['a form there is not', '89 01 61'],
  ])('may not have a name %s', (_, name) => {
    expect(namesRead(name)).toBeUndefined()
  })

  it('the chain has the certificate that was given, also where it was read again', () => {
    const { root, intermediates, leaf } = makeChain({
      leaf: { extensions: { extKeyUsage: sequence(), keyUsage: octets('03 02 01 87') } },
    })
    const store = [root, ...intermediates].map(({ certificate }) => certificate)
    const { valid, path, elements } = buildX509Chain(leaf, trusting(store))
    expect(valid).toBe(true)
    expect([path[0], elements[0]?.certificate]).toEqual([leaf, leaf])
    expect(path[0]).toBe(leaf)
  })

  it('what is no BER either issues nothing', () => {
    const { root, intermediates, leaf } = makeChain({
      intermediates: [{ extensions: { keyUsage: sequence(integer(1), namedBitString([5])) } }],
    })
    const store = [root, ...intermediates].map(({ certificate }) => certificate)
    expect(buildX509Chain(leaf, trusting(store)).status.map(({ flag }) => flag)).toEqual(['PartialChain'])
  })
})
