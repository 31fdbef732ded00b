/** Each rule of quoting: what is written is read back as it was, or refused. */

import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type QuotingName, quote } from '../../src/snippet/quoting.ts'
import { errorOf } from '../thrown.ts'

/** A path that hurts wherever it is pasted. */
const ODD = '/home/it\'s "my" \\PKI; #1/server.key'

test.each<readonly [QuotingName, string]>([
  ['json', '"/home/it\'s \\"my\\" \\\\PKI; #1/server.key"'],
  ['csharp', '"/home/it\'s \\"my\\" \\\\PKI; #1/server.key"'],
  ['shell', "'/home/it'\\''s \"my\" \\PKI; #1/server.key'"],
  ['curl-cert', "'/home/it'\\''s \"my\" \\\\PKI; #1/server.key'"],
  ['nginx', '"/home/it\'s \\"my\\" \\\\PKI; #1/server.key"'],
  ['apache', '"/home/it\'s \\"my\\" \\\\PKI; #1/server.key"'],
  ['caddy', '`/home/it\'s "my" \\PKI; #1/server.key`'],
])('%s', (rule, expected) => {
  expect(quote(ODD, rule)).toBe(expected)
})

test('YAML reads JSON strings', () => {
  expect(parse(`a: ${quote(ODD, 'json')}`)).toEqual({ a: ODD })
})

test.skipIf(process.platform === 'win32')('a shell reads back what was written', () => {
  const text = `${ODD} $HOME \`id\` *`
  const { stdout } = spawnSync('/bin/sh', ['-c', `printf %s ${quote(text, 'shell')}`], { encoding: 'utf8' })
  expect(stdout).toBe(text)
})

test('curl would take what is behind a colon for the password', () => {
  expect(quote('C:/a', 'curl-cert')).toBe("'C\\:/a'")
})

test('Caddy: a backtick goes into double quotes', () => {
  expect(quote('a`b"c', 'caddy')).toBe('"a`b\\"c"')
})

test('C#: line ends that JSON knows nothing of', () => {
  expect(quote('a\u2028b', 'csharp')).toBe('"a\\u2028b"')
})

test.each<readonly [QuotingName, refused: string, taken: string]>([
  ['nginx', '/a/$b', '/a/b'],
  ['apache', '/a/$' + '{b}', '/a/$b'],
  ['caddy', '/a/{b}', '/a/b}'],
  ['caddy', 'a`b\\c', 'a\\c'],
  ['plain', 'a b', 'a/b-1.key'],
  ['json', 'a\nb', 'a b'],
  ['shell', 'a\u0000b', 'ab'],
  ['shell', 'a\u007fb', 'a~b'],
])('%s refuses %j and takes %j', (rule, refused, taken) => {
  expect(errorOf(() => quote(refused, rule))).toMatchObject({ code: 'input.unsupported', context: { text: refused } })
  expect(quote(taken, rule)).toContain(taken.slice(0, 1))
})
