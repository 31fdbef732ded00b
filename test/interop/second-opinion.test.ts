import { expect, test } from 'vitest'
import { bitString, context, printableString, sequence } from '../../src/der/writer.ts'
import { hex } from '../der/hex.ts'
import { certificateBytes, commonName, extension } from '../x509/certificate-bytes.ts'
import { expectSecondOpinion } from './second-opinion.ts'

test('an ordinary certificate passes', async () => {
  await expectSecondOpinion(certificateBytes())
})

test.each<[string, () => Uint8Array]>([
  ['trailing octets', () => Uint8Array.of(...certificateBytes(), 0x05, 0x00)],
  ['an encoded FALSE', () => certificateBytes({ rest: [context(3, sequence(criticalFalse()))] })],
  ['bytes that are no certificate', () => sequence(printableString('a'))],
  ['a subject that is no name', () => certificateBytes({ subject: bitString(hex('00')) })],
])('%s: somebody objects', async (_name, make) => {
  await expect(expectSecondOpinion(make())).rejects.toThrow()
})

test('a name and an extension that nobody knows pass', async () => {
  const rest = [context(3, sequence(extension('1.2.3.4.5', hex('de ad be ef'), true)))]
  await expectSecondOpinion(certificateBytes({ subject: commonName(''), rest }))
})

function criticalFalse(): Uint8Array {
  const [tag, length, ...fields] = extension('2.5.29.19', hex('30 00'), true)
  return Uint8Array.of(tag as number, length as number, ...fields.map((octet) => (octet === 0xff ? 0x00 : octet)))
}
