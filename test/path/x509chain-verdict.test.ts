/** What a certificate gets whose kind is not allowed, before any chain is built. */

import { expect, it } from 'vitest'
import { weightOf } from '../../src/path/rule-set.ts'
import { kindNotAllowed } from '../../src/path/x509chain/verdict.ts'
import { leaf, root } from './build-certificate.ts'
import { codesOf, theFinding } from './judge.ts'

it.each([
  ['chained', 'self-signed'],
  ['self-signed', 'chained'],
] as const)('a %s certificate is rejected where only %s ones are allowed', (kind, allowed) => {
  const target = leaf(root())
  const verdict = kindNotAllowed(target, kind)
  expect(verdict).toMatchObject({ valid: false, anchored: false, path: [target] })
  expect(codesOf(verdict)).toEqual(['path.kind-not-allowed@0'])
  expect(theFinding(verdict, 'path.kind-not-allowed')).toMatchObject({ kind, allowed })
  expect(weightOf(verdict.rules, 'path.kind-not-allowed')).toBe('error')
})
