/** Which claims are left out: those whose value .NET's `string.IsNullOrWhiteSpace` takes for none. */

import { expect, test } from 'vitest'
import { CLAIM_TYPE } from '../../src/authentication/claim-types.ts'
import { defaultClaims } from '../../src/authentication/claims.ts'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import { selfSigned } from './certificates.ts'

test.each([
  ['a next line', '\\C2\\85', false],
  ['a no-break space', '\\C2\\A0', false],
  ['a byte order mark', '\\EF\\BB\\BF', true],
  ['a zero width space', '\\E2\\80\\8B', true],
])('%s as the name', (_, name, isClaimed) => {
  const claims = defaultClaims(new ClientCertificate(selfSigned(name).certificate))
  expect(claims.some(({ type }) => type === CLAIM_TYPE.name)).toBe(isClaimed)
})
