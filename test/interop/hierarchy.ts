import { join } from 'node:path'
import type { KeyAlgorithmName } from '../../src/x509/keys.ts'

export const PASSWORD = 'changeit'
export const KEYS: readonly KeyAlgorithmName[] = [
  'ec-p256',
  'ec-p384',
  'ec-p521',
  'ec-secp256k1',
  'ec-brainpool-p256r1',
  'ec-brainpool-p384r1',
  'ec-brainpool-p512r1',
  'rsa-2048',
  'rsa-pss-2048',
  'ed25519',
  'ed448',
]
export type Hierarchy = (file: string) => string
export async function hierarchy(key: KeyAlgorithmName): Promise<Hierarchy> {
  return (file: string) => join('/tmp/fx', key, file)
}
