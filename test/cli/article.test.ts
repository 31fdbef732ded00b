/**
 * The three-level example of the ASP.NET Core article on certificate authentication, in three commands: a root without
 * basicConstraints, an authority whose path length comes in PowerShell's own text form, and an end entity.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parsePem } from '../../src/der/pem.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { formatName } from '../../src/x509/name-text.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { session } from './session.ts'

const ROOT = 'root_ca_dev_damienbod.com'
const CHILD_A = 'child_a_dev_damienbod.com'
const CHILD_B = 'child_b_from_a_dev_damienbod.com'

const COMMON = '--key rsa-2048 --not-after 2046-11-21T12:00:00Z'
const CA_USAGE = '--key-usage CertSign,CRLSign,DigitalSignature --not-critical basicConstraints'

/** As the article has them, but for the key store and the friendly name, which are no part of a certificate. */
const COMMANDS = [
  `init server-client --name root --subject CN=${ROOT} --dns ${ROOT} ${COMMON} ${CA_USAGE}`,
  `issue server-client child_a --from root --subject CN=${CHILD_A} --dns ${CHILD_A} ${COMMON} ${CA_USAGE} --text-extension 2.5.29.19={text}CA=1&pathlength=1`,
  `issue server-client child_b --from child_a --subject CN=${CHILD_B} --dns ${CHILD_B} ${COMMON}`,
]

it('is made by three commands', async () => {
  const { folder, pki } = session()
  for (const line of COMMANDS) {
    const { exitCode, stderr } = await pki(line)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  }
  const [root, childA, childB] = ['root', 'child_a', 'child_b'].map((name) => {
    const [block] = parsePem(readFileSync(join(folder, 'pki', 'certs', `${name}.crt`), 'latin1'))
    return parseCertificate(block?.bytes ?? new Uint8Array())
  })

  const both = [KEY_PURPOSE.serverAuth, KEY_PURPOSE.clientAuth]
  const caUsage = ['digitalSignature', 'keyCertSign', 'cRLSign']
  const dns = (value: string) => [{ type: 'dNSName', value }]
  expect(root?.decoded).toMatchObject({ keyUsage: caUsage, extKeyUsage: both, subjectAltName: dns(ROOT) })
  expect(root?.decoded.basicConstraints).toBeUndefined()
  expect(childA?.decoded).toMatchObject({ keyUsage: caUsage, subjectAltName: dns(CHILD_A) })
  expect(childA?.decoded.basicConstraints).toEqual({ cA: true, pathLenConstraint: 1 })
  expect(childA?.extensions.find(({ oid }) => oid === '2.5.29.19')?.critical).toBe(false)
  expect(childB?.decoded).toMatchObject({ extKeyUsage: both, subjectAltName: dns(CHILD_B) })
  expect(childB && formatName(childB.issuer)).toBe(`CN=${CHILD_A}`)
  expect(childB?.notAfter.date).toEqual(new Date('2046-11-21T12:00:00Z'))
})

it('and by those of the README, typed one after the other', async () => {
  const { folder, pki } = session()
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, block = ''] = /```sh\n([^`]*damienbod[^`]*)```/.exec(readme) ?? []
  const commands = block
    .replaceAll(/\\\n\s*/g, '')
    .trim()
    .split('\n')
  expect(commands).toHaveLength(3)
  let now = Date.parse('2026-11-21T12:00:00Z')
  for (const line of commands) {
    const [program, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word = '']) => quoted ?? word)
    expect(program).toBe('pki')
    const { exitCode, stderr } = await pki(words, { now: new Date(now) })
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    now += 60_000
  }
  const [block3] = parsePem(readFileSync(join(folder, 'pki', 'certs', 'child_b.crt'), 'latin1'))
  expect(parseCertificate(block3?.bytes ?? new Uint8Array()).notAfter.date).toEqual(new Date('2046-11-21T12:00:00Z'))
})
