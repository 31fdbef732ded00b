/** `pki revoke`: what it takes, what it says, and what bad input gets. */

import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Store } from '../../src/store/store.ts'
import { formatSerialNumber } from '../../src/x509/serial-number.ts'
import { pictureOf } from '../temporary-folder.ts'
import { NOW, type Session, sessionWithStore } from './session.ts'

const storeOf = ({ folder }: Session) => new Store(join(folder, 'pki'))
const serialOf = (session: Session, name: string) =>
  formatSerialNumber(storeOf(session).readCertificate(name).serialNumber)

const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString()

describe('pki revoke', () => {
  it('takes a name, and says what it did', async () => {
    const session = await sessionWithStore()
    const line = 'revoke web --reason keyCompromise --at -1h --invalidity-date -2d --json'
    expect(JSON.parse(await session.done(line))).toEqual({
      schema: 'pki.revoked/1',
      outcome: 'revoked',
      name: 'web',
      serialNumber: serialOf(session, 'web'),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      issuedBy: 'ca1',
      revocation: { reason: 'keyCompromise', revocationDate: ago(3600), invalidityDate: ago(2 * 86400) },
    })
  })

  it.each<readonly [string, (session: Session) => string]>([
    ['a file', ({ folder }) => join(folder, 'pki/certs/web.crt')],
    ['a serial number', (session) => serialOf(session, 'web')],
    [
      'a serial number as others write it',
      (session) => (serialOf(session, 'web').toUpperCase().match(/../g) ?? []).join(':'),
    ],
    ['a serial number in C', (session) => `0x${serialOf(session, 'web')}`],
  ])('takes %s', async (_, text) => {
    const session = await sessionWithStore()
    const result = JSON.parse(await session.done(['revoke', text(session), '--json']))
    expect(result).toMatchObject({ outcome: 'revoked', name: 'web', revocation: { reason: 'unspecified' } })
  })

  it('takes the serial number of a certificate that has been replaced, and leaves the new one alone', async () => {
    const session = await sessionWithStore()
    const old = serialOf(session, 'web')
    await session.done('issue server web --from ca1 --dns localhost --force')
    expect(serialOf(session, 'web')).not.toBe(old)
    const result = JSON.parse(await session.done(['revoke', old, '--json']))
    expect(result).toMatchObject({ serialNumber: old, issuedBy: 'ca1' })
    const listed = JSON.parse(await session.done('list --json'))
    expect(listed.certificates.find(({ name }: { name: string }) => name === 'web').revoked).toBe(false)
  })

  it('takes a certificate that the journal does not know, and finds who issued it', async () => {
    const session = await sessionWithStore()
    const store = storeOf(session)
    copyFileSync(store.certificatePath('web'), join(session.folder, 'elsewhere.pem'))
    await session.done('issue server web --from ca1 --dns localhost --force')
    // The same key under another name, which comes first in the alphabet.
    await session.done('init root --name another --key-file pki/private/ca1.key')
    rmSync(store.journalPath)
    const result = JSON.parse(await session.done('revoke elsewhere.pem --json'))
    expect(result).toMatchObject({ outcome: 'revoked', name: null, issuedBy: 'ca1' })
  })

  it('says the name that it was given, where one certificate has two', async () => {
    const session = await sessionWithStore()
    await session.done('import pki/certs/web.crt --name again')
    expect(JSON.parse(await session.done('revoke web --json'))).toMatchObject({ name: 'web', issuedBy: 'ca1' })
  })

  it('can revoke a CA, and a root by itself', async () => {
    const session = await sessionWithStore()
    expect(JSON.parse(await session.done('revoke ca1 --json'))).toMatchObject({ issuedBy: 'root' })
    expect(JSON.parse(await session.done('revoke root --json'))).toMatchObject({ issuedBy: 'root' })
  })

  it('changes nothing the second time', async () => {
    const session = await sessionWithStore()
    await session.done('revoke web --reason superseded')
    const before = pictureOf(session.folder)
    expect(JSON.parse(await session.done('revoke web --json'))).toMatchObject({
      outcome: 'kept',
      revocation: { reason: 'superseded' },
    })
    expect(pictureOf(session.folder)).toEqual(before)
  })

  it('writes the journal and nothing else', async () => {
    const session = await sessionWithStore()
    const before = pictureOf(session.folder)
    await session.done('revoke web')
    const after = pictureOf(session.folder)
    expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual(['pki/journal.jsonl'])
    expect(Object.keys(after)).toEqual(Object.keys(before))
  })

  it('takes back a certificateHold', async () => {
    const session = await sessionWithStore()
    await session.done('revoke web --reason certificateHold')
    expect(await session.done('list')).toMatch(/web .*on hold/)
    expect(JSON.parse(await session.done('revoke web --undo --json'))).toMatchObject({ outcome: 'unrevoked' })
    expect(await session.done('list')).toMatch(/web .*expires in/)
  })

  it('shows in list and tree', async () => {
    const session = await sessionWithStore()
    await session.done('revoke web --reason keyCompromise')
    expect(await session.done('list')).toMatch(/web .*revoked: keyCompromise/)
    expect(await session.done('tree')).toMatch(/web .*revoked: keyCompromise/)
    const { certificates } = JSON.parse(await session.done('list --json'))
    expect(certificates.find(({ name }: { name: string }) => name === 'web')).toMatchObject({
      revoked: true,
      revocation: { reason: 'keyCompromise', revocationDate: NOW.toISOString() },
    })
  })

  const BAD: readonly (readonly [
    string,
    string,
    number,
    string,
    (session: Session) => Promise<unknown> | undefined,
  ])[] = [
    ['an unknown name', 'revoke nobody', 3, 'input.not-found', async () => undefined],
    ['an unknown serial number', 'revoke 0badcafe', 3, 'input.not-found', async () => undefined],
    ['an unknown reason', 'revoke web --reason boredom', 2, 'usage.option', async () => undefined],
    ['removeFromCRL', 'revoke web --reason removeFromCRL', 2, 'usage.option', async () => undefined],
    ['an instant that is none', 'revoke web --at yesterday', 2, 'usage.time', async () => undefined],
    ['a reason with --undo', 'revoke web --undo --reason superseded', 2, 'usage.option', async () => undefined],
    ['another reason', 'revoke web --reason superseded', 4, 'refused.exists', ({ done }) => done('revoke web')],
    ['--undo of what is final', 'revoke web --undo', 4, 'refused.exists', ({ done }) => done('revoke web')],
    ['--undo of what is not revoked', 'revoke web --undo', 3, 'input.not-found', async () => undefined],
    [
      'a foreign certificate',
      'revoke foreign.pem',
      4,
      'refused.issuer',
      async ({ folder, done }) => {
        await done('init root --dir other --name ca1')
        await done('issue client eve --from ca1 --dir other')
        copyFileSync(join(folder, 'other/certs/eve.crt'), join(folder, 'foreign.pem'))
      },
    ],
    ['an issuer that is not its own', 'revoke web --issuer root', 4, 'refused.issuer', async () => undefined],
  ]
  it.each(BAD)('%s', async (_, line, exitCode, code, prepare) => {
    const session = await sessionWithStore()
    await prepare(session)
    const before = pictureOf(session.folder)
    const result = await session.pki(`${line} --json`)
    expect({ exitCode: result.exitCode, code: JSON.parse(result.stdout).code }).toEqual({ exitCode, code })
    expect(pictureOf(session.folder)).toEqual(before)
  })
})
