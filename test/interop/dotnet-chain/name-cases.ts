/** Names below name constraints. */

import {
  context,
  contextPrimitive,
  integer,
  nullValue,
  octetString,
  sequence,
  utf8String,
} from '../../../src/der/writer.ts'
import { encodeNameConstraints } from '../../../src/x509/extension-encoding.ts'
import type { GeneralName } from '../../../src/x509/general-name.ts'
import { encodeGeneralNames } from '../../../src/x509/general-name.ts'
import { parseName } from '../../../src/x509/name.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import type { Fields } from '../../path/build-certificate.ts'
import { type ChainCase, chainCase } from './chain-case.ts'

export function nameCases(): readonly ChainCase[] {
  return [...pairs(), ...subjects(), ...distances(), ...forms(), ...along()]
}

const dns = (value: string): GeneralName => ({ type: 'dNSName', value })
const email = (value: string): GeneralName => ({ type: 'rfc822Name', value })
const uri = (value: string): GeneralName => ({ type: 'uniformResourceIdentifier', value })
const ip = (...octets: readonly number[]): GeneralName => ({ type: 'iPAddress', value: Uint8Array.from(octets) })
const directory = (text: string): GeneralName => ({ type: 'directoryName', value: parseName(parseNameText(text)) })
const other = (typeId: string, value = nullValue()): GeneralName => ({ type: 'otherName', typeId, value })

function named(...names: readonly GeneralName[]): Fields {
  return { subject: 'CN=somebody', extensions: { subjectAltName: encodeGeneralNames(names) } }
}

function constrained(fields: { permitted?: readonly GeneralName[]; excluded?: readonly GeneralName[] }): Fields {
  const subtree = (base: GeneralName) => ({ base, minimum: 0, maximum: undefined })
  const nameConstraints = encodeNameConstraints({
    permittedSubtrees: (fields.permitted ?? []).map(subtree),
    excludedSubtrees: (fields.excluded ?? []).map(subtree),
  })
  return { extensions: { nameConstraints } }
}

/** Every name against every base of its form, permitted and excluded. */
function pairs(): readonly ChainCase[] {
  const groups: readonly (readonly [readonly GeneralName[], readonly GeneralName[]])[] = [
    [
      [
        'example.com',
        'www.example.com',
        'WWW.Example.COM',
        'badexample.com',
        '*.example.com',
        'microsoft.com',
        '',
        'a..example.com',
        '-x-',
      ].map(dns),
      ['example.com', '.example.com', 'EXAMPLE.com', '', 'www.example.com', '.'].map(dns),
    ],
    [
      ['a@example.com', 'A@example.com', 'a@Sub.Example.com', '///', '@example.com', 'a@b@example.com', 'a@'].map(
        email,
      ),
      ['example.com', '.example.com', 'a@example.com', '///', '', '@example.com', 'EXAMPLE.COM'].map(email),
    ],
    [
      [
        'https://example.com/',
        'https://www.example.com:8443/x',
        'http://user@example.com/',
        'urn:x',
        'https://',
        'https://10.0.0.1/',
        'ldap://EXAMPLE.com',
        'spiffe://example.com/ns',
        'https://example.com?x',
        'https:///path',
      ].map(uri),
      ['example.com', '.example.com', 'www.example.com', ''].map(uri),
    ],
    [
      [ip(10, 0, 0, 1), ip(10, 1, 0, 1), ip(...new Uint8Array(15), 1), ip(1, 2, 3)],
      [
        ip(10, 0, 0, 0, 255, 255, 0, 0),
        ip(10, 0, 0, 1, 255, 0, 255, 255),
        ip(10, 9, 9, 9, 255, 0, 0, 0),
        ip(...new Uint8Array(32)),
        ip(10, 0, 0, 0),
        ip(...new Uint8Array(8)),
      ],
    ],
    [
      ['CN=a,O=x', 'CN=a,O=X ', 'O=x', 'CN=a', 'CN=a+O=x'].map(directory),
      ['O=x', 'O=y', 'CN=b,O=x', 'CN=a,O=x'].map(directory),
    ],
  ]
  return groups.flatMap(([names, bases]) =>
    bases.flatMap((base) =>
      names.flatMap((name) => [
        chainCase(`names: ${text(name)} permitted ${text(base)}`, {
          intermediates: [constrained({ permitted: [base] })],
          leaf: named(name),
        }),
        chainCase(`names: ${text(name)} excluded ${text(base)}`, {
          intermediates: [constrained({ excluded: [base] })],
          leaf: named(name),
        }),
      ]),
    ),
  )
}

function text(name: GeneralName): string {
  if (name.type === 'directoryName') return `directoryName ${Buffer.from(name.value.encoded).toString('hex')}`
  if (name.type === 'iPAddress') return `iPAddress ${name.value.join('.')}`
  return `${name.type} “${String(name.value)}”`
}

/** Names that stand in the subject. */
function subjects(): readonly ChainCase[] {
  const permitted = (...names: readonly GeneralName[]) => ({ intermediates: [constrained({ permitted: names })] })
  const excluded = (...names: readonly GeneralName[]) => ({ intermediates: [constrained({ excluded: names })] })
  const only = (subject: string): Fields => ({ subject, without: ['subjectAltName'] })
  const hosts = [
    'www.example.com',
    'example',
    'a b.example.com',
    '-a.example.com',
    'a.example.com-',
    'a_b.example.com',
    'a.-b.com',
    'other.test',
  ]
  const mail = '1.2.840.113549.1.9.1'
  const ia5 = (address: string) =>
    `${mail}=#16${address.length.toString(16).padStart(2, '0')}${Buffer.from(address).toString('hex')}`
  const utf8 = (address: string) =>
    `${mail}=#0c${address.length.toString(16).padStart(2, '0')}${Buffer.from(address).toString('hex')}`
  return [
    ...hosts.flatMap((host) => [
      chainCase(`subject: CN ${host} permitted example.com`, {
        ...permitted(dns('example.com')),
        leaf: only(`CN=${host}`),
      }),
      chainCase(`subject: CN ${host} excluded example.com`, {
        ...excluded(dns('example.com')),
        leaf: only(`CN=${host}`),
      }),
    ]),
    chainCase('subject: CN other.test beside a dNSName', {
      ...permitted(dns('example.com')),
      leaf: { ...named(dns('example.com')), subject: 'CN=other.test' },
    }),
    chainCase('subject: CN other.test beside a mailbox', {
      ...permitted(dns('example.com')),
      leaf: { ...named(email('a@b.test')), subject: 'CN=other.test' },
    }),
    chainCase('subject: two CNs', { ...permitted(dns('example.com')), leaf: only('CN=www.example.com,CN=other.test') }),
    chainCase('subject: CN other.test of an intermediate', {
      root: constrained({ permitted: [dns('example.com')] }),
      intermediates: [{ subject: 'CN=other.test' }],
      leaf: only('CN=somebody'),
    }),
    chainCase('subject: mailbox inside', {
      ...permitted(email('example.com')),
      leaf: only(`${ia5('a@example.com')},CN=x`),
    }),
    chainCase('subject: mailbox outside', {
      ...permitted(email('example.com')),
      leaf: only(`${ia5('a@other.test')},CN=x`),
    }),
    chainCase('subject: mailbox in UTF-8', {
      ...permitted(email('example.com')),
      leaf: only(`${utf8('a@example.com')},CN=x`),
    }),
    chainCase('subject: mailbox in UTF-8, other constraints', {
      ...permitted(dns('example.com')),
      leaf: only(`${utf8('a@example.com')},CN=x`),
    }),
    chainCase('subject: mailbox beside another', {
      ...permitted(email('example.com')),
      leaf: { ...named(email('a@example.com')), subject: `${ia5('a@other.test')},CN=x` },
    }),
    chainCase('subject: inside a directory', { ...permitted(directory('O=x')), leaf: only('CN=a,O=x') }),
    chainCase('subject: outside a directory', { ...permitted(directory('O=x')), leaf: only('CN=a,O=y') }),
    chainCase('subject: empty', { ...permitted(directory('O=x')), leaf: { ...named(dns('a.test')), subject: '' } }),
    chainCase('subject: excluded directory', { ...excluded(directory('O=x')), leaf: only('CN=a,O=x') }),
    chainCase('subject: empty base permitted', { ...permitted(directory('')), leaf: only('CN=a,O=x') }),
    chainCase('subject: empty base excluded', { ...excluded(directory('')), leaf: only('CN=a,O=x') }),
  ]
}

function distances(): readonly ChainCase[] {
  const subtree = (base: GeneralName, minimum: number, maximum?: number) => ({ base, minimum, maximum })
  const constraints = (
    key: 'permittedSubtrees' | 'excludedSubtrees',
    ...list: readonly ReturnType<typeof subtree>[]
  ): Fields => ({
    extensions: {
      nameConstraints: encodeNameConstraints({ permittedSubtrees: [], excludedSubtrees: [], [key]: list }),
    },
  })
  const base = dns('.example.com')
  return (['permittedSubtrees', 'excludedSubtrees'] as const).flatMap((key) => [
    chainCase(`distance: ${key}, minimum 9`, {
      intermediates: [constraints(key, subtree(base, 9))],
      leaf: named(dns('example.com')),
    }),
    chainCase(`distance: ${key}, maximum 0`, {
      intermediates: [constraints(key, subtree(base, 0, 0))],
      leaf: named(dns('www.example.com')),
    }),
    chainCase(`distance: ${key}, of another form`, {
      intermediates: [constraints(key, subtree(base, 9))],
      leaf: named(email('a@b.test')),
    }),
    chainCase(`distance: ${key}, behind one that matches`, {
      intermediates: [constraints(key, subtree(dns('example.com'), 0), subtree(base, 9))],
      leaf: named(dns('www.example.com')),
    }),
  ])
}

const SMTP = '1.3.6.1.5.5.7.8.9'
const smtp = (mailbox: string): GeneralName => other(SMTP, utf8String(mailbox))

/** Forms for which OpenSSL knows no subtrees, and one that it takes for another. */
function forms(): readonly ChainCase[] {
  const upn = '1.3.6.1.4.1.311.20.2.3'
  const x400: GeneralName = { type: 'x400Address', value: context(3, sequence()) }
  const list: readonly (readonly [string, GeneralName, GeneralName])[] = [
    ['registeredID', { type: 'registeredID', value: '1.2.3' }, { type: 'registeredID', value: '1.2.3' }],
    ['otherName of the type', other(upn), other(upn)],
    ['otherName of another type', other(upn), other('1.2.3.4')],
    ['registeredID below dns', { type: 'registeredID', value: '1.2.3' }, dns('a.test')],
    ['dns below registeredID', dns('a.test'), { type: 'registeredID', value: '1.2.3' }],
    ['x400Address', x400, x400],
    ['mailbox in UTF-8, inside', smtp('a@example.com'), email('example.com')],
    ['mailbox in UTF-8, outside', smtp('a@other.test'), email('example.com')],
    ['mailbox in UTF-8, with its mailbox', smtp('ä@example.com'), email('ä@example.com'.slice(1))],
    ['mailbox in UTF-8, below a dot', smtp('ä@www.example.com'), email('.example.com')],
    ['mailbox that is no UTF-8', other(SMTP, nullValue()), email('example.com')],
    ['mailbox in UTF-8, as an otherName', smtp('a@other.test'), smtp('a@other.test')],
  ]
  return list.flatMap(([id, name, base]) => [
    chainCase(`form: ${id}, permitted`, { intermediates: [constrained({ permitted: [base] })], leaf: named(name) }),
    chainCase(`form: ${id}, excluded`, { intermediates: [constrained({ excluded: [base] })], leaf: named(name) }),
  ])
}

/** Constraints of several certificates, and certificates that are exempt. */
function along(): readonly ChainCase[] {
  const example = constrained({ permitted: [dns('example.com')] })
  const other = constrained({ permitted: [dns('other.test')] })
  const target = named(dns('www.example.com'))
  const wrong = named(dns('www.other.test'))
  return [
    chainCase('along: the root constrains', { root: example, leaf: wrong }),
    chainCase('along: root and intermediate agree', { root: example, intermediates: [example], leaf: target }),
    chainCase('along: root and intermediate disagree', { root: example, intermediates: [other], leaf: target }),
    chainCase('along: an intermediate with a name of its own', {
      root: example,
      intermediates: [{ names: ['dns:ca.other.test'] }],
      leaf: target,
    }),
    chainCase('along: a self-issued intermediate with such a name', {
      root: example,
      intermediates: [{ subject: 'CN=root', names: ['dns:ca.other.test'] }],
      leaf: target,
    }),
    chainCase('along: the leaf constrains itself', {
      leaf: { ...wrong, extensions: { ...wrong.extensions, ...example.extensions } },
    }),
    chainCase('along: two names, one wrong', { root: example, leaf: named(dns('example.com'), dns('other.test')) }),
    chainCase('along: excluded and not permitted', {
      root: constrained({ permitted: [dns('example.com')], excluded: [dns('www.example.com')] }),
      leaf: target,
    }),
    chainCase('along: name constraints not critical', {
      root: { ...example, critical: { nameConstraints: false } },
      leaf: wrong,
    }),
    chainCase('along: empty constraints', { root: { extensions: { nameConstraints: sequence() } }, leaf: wrong }),
    chainCase('along: unused octets', {
      root: { extensions: { nameConstraints: sequence(contextPrimitive(7, octetString(integer(1)))) } },
      leaf: wrong,
    }),
  ]
}
