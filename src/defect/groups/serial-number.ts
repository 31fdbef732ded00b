/** Serial numbers (RFC 5280 §4.1.2.2). */

import { breach, defectsOf } from '../defect.ts'
import { serialNumber } from '../mechanisms.ts'

export const SERIAL_NUMBER = defectsOf('serial-number', {
  'serial-zero': {
    wrong: 'its serial number is zero',
    rule: 'RFC 5280 §4.1.2.2',
    certificates: { target: serialNumber(0n) },
    expected: breach(['serial.zero']),
  },
  'serial-negative': {
    wrong: 'its serial number is negative: somebody forgot the zero octet before a high bit',
    rule: 'RFC 5280 §4.1.2.2',
    certificates: { target: serialNumber(-0x4d5a_1267_0815_4711n) },
    expected: breach(['serial.negative']),
  },
  'serial-too-long': {
    wrong: 'its serial number has 21 octets; verifiers need to handle 20',
    rule: 'RFC 5280 §4.1.2.2',
    certificates: { target: serialNumber((1n << 166n) + 4711n) },
    expected: breach(['serial.too-long']),
  },
  'serial-20-octets-and-a-zero': {
    wrong: 'its serial number has 20 octets whose first bit is set, and so 21 in DER',
    rule: 'RFC 5280 §4.1.2.2',
    certificates: { target: serialNumber((1n << 159n) + 4711n) },
    expected: breach(['serial.too-long']),
  },
})
