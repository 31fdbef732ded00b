/** Chains with anything wrong with them: the deviations of the differential tests, drawn from a seed. */

import fc from 'fast-check'
import { REVOCATION_FLAGS } from '../../../src/path/x509chain/policy.ts'
import { VERIFICATION_FLAGS } from '../../../src/path/x509chain/verification-flags.ts'
import { KEY_PURPOSE } from '../../../src/x509/oids.ts'
import {
  apply,
  authorityDeviations,
  type Deviation,
  leafDeviations,
  NOT_AFTER,
  NOT_BEFORE,
  POLICY_ALPHABET,
} from '../../differential/deviations.ts'
import { type ChainCase, chainCase } from './chain-case.ts'

const ALPHABET = { toTheSecond: true }
const GOOD = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER }
const authority = authorityDeviations(ALPHABET)

const policy = fc.record({
  applicationPolicy: fc.subarray([KEY_PURPOSE.clientAuth, KEY_PURPOSE.serverAuth]),
  certificatePolicy: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray([...POLICY_ALPHABET], { maxLength: 1 }) },
  ),
  verificationFlags: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray([...VERIFICATION_FLAGS]) },
  ),
  revocationMode: fc.constantFrom('NoCheck', 'NoCheck', 'NoCheck', 'Offline'),
  revocationFlag: fc.constantFrom(...REVOCATION_FLAGS),
})

const chain = fc.record({
  root: authority,
  intermediates: fc.array(authority, { maxLength: 3 }),
  leaf: leafDeviations(ALPHABET),
  policy,
})

/** BER where DER is asked for has cases of its own, whose differences are listed. */
function isDer(deviations: readonly Deviation[]): boolean {
  return deviations.every(({ extensions = {} }) => Object.values(extensions).every((value) => value[1] !== 0x80))
}

/** So many chains from a seed; the same seed makes the same chains, but for their keys. */
export function randomCases(seed: number, count: number): readonly ChainCase[] {
  const drawn = fc.sample(chain, { seed, numRuns: count })
  const readable = drawn.filter(({ root, intermediates, leaf }) => [root, leaf, ...intermediates].every(isDer))
  return readable.map((drawn, i) =>
    chainCase(`random: seed ${seed}, chain ${i}`, {
      root: apply({ ...GOOD, subject: 'CN=root,O=x' }, drawn.root),
      intermediates: drawn.intermediates.map((deviations, n) =>
        apply({ ...GOOD, subject: `CN=authority ${n + 1},O=x` }, deviations),
      ),
      leaf: apply({ ...GOOD, subject: 'CN=a.test,O=x' }, drawn.leaf),
      policy: drawn.policy,
    }),
  )
}
