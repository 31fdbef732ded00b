import { expect, it } from 'vitest'
import { MAX_NAME_LENGTH, requireCredentialName } from '../../src/store/credential-name.ts'

it.each([
  'root',
  'ca1',
  'web.example.test',
  'alice@example.test',
  'a+b',
  '_x-1',
  '1',
  'console',
  'com',
  'com10',
  'x.nul',
  'a'.repeat(MAX_NAME_LENGTH),
])('takes %s', (name) => {
  expect(requireCredentialName(name)).toBe(name)
})

it.each([
  '',
  '.',
  '..',
  '.hidden',
  '../x',
  'a/b',
  'a\\b',
  '/etc/passwd',
  'C:x',
  '-x',
  'a b',
  'a\0b',
  'a\nb',
  'a.',
  'ä',
  'con',
  'NUL',
  'nul.crt',
  'COM1',
  'lpt9.x',
  '*',
  'a'.repeat(MAX_NAME_LENGTH + 1),
])('refuses %j', (name) => {
  expect(() => requireCredentialName(name)).toThrow(expect.objectContaining({ code: 'usage.name' }))
})
