/** Templates: their heads, their placeholders, and those that come with the program. */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findTemplate, listTemplates } from '../../src/snippet/find.ts'
import { fillTemplate, parseTemplate } from '../../src/snippet/template.ts'
import { folderOfTest } from '../temporary-folder.ts'
import { errorOf } from '../thrown.ts'

const BUILT_IN = join(import.meta.dirname, '../../templates/consumers')
const HEAD = '---\ndescription: a thing\nfile: thing.conf\nquoting: json\n---\n'
const FACTS = {
  port: 8443,
  backend: new URL('http://[::1]:8080'),
  random: (size: number) => new Uint8Array(size),
  clientCa: { name: 'root', certificates: [] },
}

function filled(body: string) {
  return fillTemplate(parseTemplate('thing', HEAD + body, 'thing.conf'), FACTS, (file) => `/x y/${file}`)
}

test('the head is what a snippet is, and no part of it', () => {
  const { description, fileName, needs } = parseTemplate('thing', `${HEAD}ca {{clientCa}}\n`, 'thing.conf')
  expect({ description, fileName, needs }).toEqual({
    description: 'a thing',
    fileName: 'thing.conf',
    needs: ['clientCa'],
  })
  expect(filled('# one\n').text).toBe('# one\n')
})

test('line ends of Windows', () => {
  const template = parseTemplate('thing', `${HEAD}a {{port}}\nb\n`.replaceAll('\n', '\r\n'), 'thing.conf')
  expect(fillTemplate(template, FACTS, String).text).toBe('a 8443\nb\n')
})

test.each([
  ['a number', '{{port}}', '8443'],
  ['a text', '{{backend}}', '"http://[::1]:8080"'],
  ['its parts', '{{backend.host}} {{ backend.port }}', '"::1" 8080'],
  ['quoting of its own', '{{backend|shell}}', "'http://[::1]:8080'"],
  ['a file', '{{clientCa}}', '"/x y/root.client-ca.pem"'],
  ['braces of others', '{ a: { port: {{port}} } } {http.request.x} $y', '{ a: { port: 8443 } } {http.request.x} $y'],
])('%s', (_, body, expected) => {
  expect(filled(body).text).toBe(expected)
})

test('a file that is named twice is one file', () => {
  expect(filled('{{clientCa}} {{clientCa}}').files.map(({ fileName }) => fileName)).toEqual(['root.client-ca.pem'])
})

test.each([
  ['an unknown placeholder', `${HEAD}{{server.keys}}`, 'thing.conf: unknown placeholder: {{server.keys}}'],
  ['an inherited name', `${HEAD}{{constructor}}`, 'thing.conf: unknown placeholder: {{constructor}}'],
  ['an empty one', `${HEAD}{{}}`, 'thing.conf: unknown placeholder: {{}}'],
  ['an unknown quoting of one', `${HEAD}{{port|sql}}`, 'thing.conf: unknown quoting: {{port|sql}}'],
  ['two quotings', `${HEAD}{{port|json|json}}`, 'thing.conf: unknown quoting: {{port|json|json}}'],
  ['an unknown quoting', HEAD.replace('json', 'sql'), 'thing.conf: unknown quoting: sql'],
  ['no head', 'listen {{port}}', 'thing.conf: it must begin with a head between two lines of ---'],
  ['no end of the head', '---\nfile: a\n', 'thing.conf: it must begin with a head between two lines of ---'],
  ['no description', HEAD.replace('description: a thing\n', ''), 'thing.conf: the head has no description'],
  ['an unknown entry', HEAD.replace('file:', 'path:'), 'thing.conf: unknown line in the head: path: thing.conf'],
])('a mistake: %s', (_, text, message) => {
  const error = errorOf(() => parseTemplate('thing', text, 'thing.conf'))
  expect(error).toMatchObject({ code: 'input.malformed', message, context: { file: 'thing.conf' } })
})

test('every file that comes with the program is a snippet', () => {
  const found = listTemplates([BUILT_IN])
  expect(found.map(({ template }) => template.name)).toEqual([
    ...['apache', 'appsettings', 'caddy', 'curl', 'envoy', 'express', 'fastify', 'haproxy', 'httpclient', 'kestrel'],
    ...['kubernetes-ingress', 'nginx', 'nginx-article', 'node-client', 'node-server'],
  ])
  expect(found).toHaveLength(readdirSync(BUILT_IN).filter((file) => file !== 'README.md').length)
})

test.each(listTemplates([BUILT_IN]).map(({ template }) => [template.name, template] as const))(
  '%s begins with a comment, where the format has any',
  (name, { parts }) => {
    expect(parts[0]).toMatch(name === 'appsettings' ? /^\{/ : /^(#!\/bin\/sh\n)?(#|\/\/) /)
  },
)

test("a new file is a new snippet, and a project's own comes first", () => {
  const folder = join(folderOfTest(), 'consumers')
  mkdirSync(folder)
  writeFileSync(join(folder, 'mine.toml'), HEAD)
  writeFileSync(join(folder, 'nginx.conf'), HEAD)
  const folders = [folder, BUILT_IN]
  expect(findTemplate('mine', folders).file).toBe(join(folder, 'mine.toml'))
  expect(findTemplate('nginx', folders).template.description).toBe('a thing')
  expect(findTemplate('caddy', folders).file).toBe(join(BUILT_IN, 'caddy.caddyfile'))
  expect(errorOf(() => findTemplate('mime', [join(folder, 'none')]))).toMatchObject({ code: 'usage.option' })
})
