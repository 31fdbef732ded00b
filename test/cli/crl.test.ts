/** `pki crl`: options and what comes of them. What the lists hold is tested in store/publish-crl.test.ts. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsePem } from '../../src/der/pem.ts'
import { type CertificateList, parseCrl } from '../../src/x509/crl.ts'
import { pictureOf } from '../temporary-folder.ts'
import { NOW, type Session, sessionWithStore } from './session.ts'

const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const DAY = 86400

function pemCrl(text: string): CertificateList {
  const [block, ...others] = parsePem(text)
  if (block === undefined || others.length > 0) throw new Error('expected one block')
  expect(block.label).toBe('X509 CRL')
  return parseCrl(block.bytes)
}

const stored = ({ folder }: Session, name = 'ca1') =>
  parseCrl(new Uint8Array(readFileSync(join(folder, `pki/crl/${name}.crl`))))

describe('pki crl', () => {
  it('makes the next CRL, puts it into the store, and says so', async () => {
    const session = await sessionWithStore()
    await session.done('revoke web')
    expect(JSON.parse(await session.done('crl ca1 --json'))).toEqual({
      schema: 'pki.crl/1',
      issuedBy: 'ca1',
      crlNumber: '1',
      baseCrlNumber: null,
      thisUpdate: NOW.toISOString(),
      nextUpdate: inSeconds(7 * DAY).toISOString(),
      entryCount: 1,
      fault: null,
      files: [join(session.folder, 'pki/crl/ca1.crl')],
    })
    expect(stored(session).entries.count).toBe(1)
    expect(await session.done('crl ca1')).toMatch(/ca1 {2}CRL 2\n.*lists +1 certificate\n/)
  })

  it.each<readonly [string, string, number, number]>([
    ['a week', '', 0, 7 * DAY],
    ['days', '--days 30', 0, 30 * DAY],
    ['hours', '--hours 1', 0, 3600],
    ['an instant', '--next-update 2026-12-01', 0, (Date.UTC(2026, 11, 1) - NOW.getTime()) / 1000],
    ['a duration from thisUpdate', '--this-update -1d --next-update 2d', -DAY, DAY],
  ])('lasts %s: %s', async (_, options, from, to) => {
    const session = await sessionWithStore()
    await session.done(`crl ca1 ${options}`.trim())
    const { thisUpdate, nextUpdate } = stored(session)
    expect([thisUpdate.date, nextUpdate?.date]).toEqual([inSeconds(from), inSeconds(to)])
  })

  it('writes PEM or DER to a file beside', async () => {
    const session = await sessionWithStore()
    const path = join(session.folder, 'out.crl')
    await session.done('crl ca1 --out out.crl')
    expect(pemCrl(readFileSync(path, 'utf8')).encoded).toEqual(stored(session).encoded)
    await session.done('crl ca1 --out out.crl --der --force')
    expect(new Uint8Array(readFileSync(path))).toEqual(stored(session).encoded)
  })

  it('writes to standard output, and then nothing else', async () => {
    const session = await sessionWithStore()
    expect(pemCrl(await session.done('crl ca1 --out -')).decoded.cRLNumber).toBe(1n)
  })

  it('passes on what the CRL covers', async () => {
    const session = await sessionWithStore()
    await session.done('crl ca1 --only user --reasons superseded,keyCompromise --distribution-point http://a.test/c')
    expect(stored(session, 'ca1~user-keyCompromise-superseded').decoded.issuingDistributionPoint).toMatchObject({
      distributionPoint: { fullName: [{ type: 'uniformResourceIdentifier', value: 'http://a.test/c' }] },
      onlyContainsUserCerts: true,
      onlySomeReasons: ['keyCompromise', 'superseded'],
    })
    await session.done('crl ca1 --freshest-crl http://a.test/d')
    expect(stored(session).decoded.freshestCRL).toHaveLength(1)
    expect(JSON.parse(await session.done('crl ca1 --delta --json'))).toMatchObject({ baseCrlNumber: '2' })
  })

  it('makes indirect CRLs', async () => {
    const session = await sessionWithStore()
    await session.done('revoke web')
    expect(JSON.parse(await session.done('crl root --indirect --json'))).toMatchObject({ entryCount: 1 })
    expect(JSON.parse(await session.done('crl root --indirect --of root --json'))).toMatchObject({ entryCount: 0 })
  })

  it('makes one with a fault, and leaves the store as it is', async () => {
    const session = await sessionWithStore()
    await session.done('crl ca1')
    const before = pictureOf(join(session.folder, 'pki'))
    const made = JSON.parse(await session.done('crl ca1 --fault expired --out bad.pem --json'))
    expect(made).toMatchObject({ fault: 'expired', files: [join(session.folder, 'bad.pem')] })
    expect(pemCrl(readFileSync(join(session.folder, 'bad.pem'), 'utf8')).nextUpdate?.date).toEqual(inSeconds(-3600))
    expect(pictureOf(join(session.folder, 'pki'))).toEqual(before)
  })

  it('signs with an encrypted key', async () => {
    const session = await sessionWithStore()
    const env = { PKI_KEY_PASSWORD: 'right' }
    await session.done('init root --name vault --encrypt-key', { env })
    await session.done('crl vault', { env })
    const { exitCode } = await session.pki('crl vault', { env: { PKI_KEY_PASSWORD: 'wrong' } })
    expect(exitCode).toBe(3)
  })

  const nothing = async () => undefined
  const BAD: readonly (readonly [string, string, number, string, (session: Session) => Promise<unknown>])[] = [
    ['an issuer that is not there', 'crl nobody', 3, 'input.not-found', nothing],
    ['an issuer without its key', 'crl ca1', 4, 'refused.key', withoutKey],
    ['one that is no CA', 'crl web', 4, 'refused.issuer', nothing],
    ['one without cRLSign', 'crl web --indirect', 4, 'refused.issuer', nothing],
    ['a delta without a complete CRL', 'crl ca1 --delta', 3, 'input.not-found', nothing],
    ['certificates of others', 'crl root --of ca1', 2, 'usage.option', nothing],
    ['a fault without a file', 'crl ca1 --fault expired', 2, 'usage.option', nothing],
    ['an unknown fault', 'crl ca1 --fault ugly --out x', 2, 'usage.option', nothing],
    ['an unknown partition', 'crl ca1 --only admins', 2, 'usage.option', nothing],
    ['an unknown reason', 'crl ca1 --reasons unspecified', 2, 'usage.option', nothing],
    ['a URL that is none', 'crl ca1 --distribution-point nowhere', 2, 'usage.general-name', nothing],
    ['two formats', 'crl ca1 --pem --der', 2, 'usage.option', nothing],
    ['two lengths', 'crl ca1 --days 1 --hours 1', 2, 'usage.option', nothing],
    ['days that are none', 'crl ca1 --days many', 2, 'usage.option', nothing],
    ['an end before the beginning', 'crl ca1 --next-update -1d', 2, 'usage.time', nothing],
    ['an end at the beginning', 'crl ca1 --days 0', 2, 'usage.time', nothing],
    ['a file that is there', 'crl ca1 --out there', 4, 'refused.exists', withFile],
  ]
  it.each(BAD)('%s', async (_, line, exitCode, code, prepare) => {
    const session = await sessionWithStore()
    await prepare(session)
    const before = pictureOf(session.folder)
    const result = await session.pki(`${line} --json`)
    expect({ exitCode: result.exitCode, code: JSON.parse(result.stdout).code }).toEqual({ exitCode, code })
    expect(pictureOf(session.folder)).toEqual(before)
  })

  it('signs what nobody should accept if it is told to', async () => {
    const session = await sessionWithStore()
    await session.done('crl web --unchecked')
    expect(stored(session, 'web').entries.count).toBe(0)
  })
})

async function withoutKey({ folder }: Session): Promise<void> {
  rmSync(join(folder, 'pki/private/ca1.key'))
}

async function withFile({ folder }: Session): Promise<void> {
  writeFileSync(join(folder, 'there'), '')
}
