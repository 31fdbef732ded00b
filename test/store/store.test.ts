import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { Store } from '../../src/store/store.ts'
import { folderOfTest } from '../temporary-folder.ts'
import { errorOf } from '../thrown.ts'
import { testStore } from './test-store.ts'

describe('reading', () => {
  it('gives what was put in, with its chain and its key file', () => {
    const { store, root, ca } = testStore()
    const { certificate, chain, keyFile } = store.read('ca1')
    expect(certificate.encoded).toEqual(ca.certificate.encoded)
    expect(chain.map(({ encoded }) => encoded)).toEqual([root.certificate.encoded])
    expect(keyFile?.path).toBe(store.keyPath('ca1'))
    expect(store.readChain('root')).toEqual([])
  })

  it.each<[string, (pem: string) => string, count: number]>([
    ['two certificates', (pem) => pem + pem, 2],
    ['none, though it looks like PEM', () => '-----BEGIN in lower case', 0],
  ])('of a certificate file with %s: malformed, with their number', (_, contentOf, count) => {
    const { store, root } = testStore()
    writeFileSync(store.certificatePath('root'), contentOf(formatPem('CERTIFICATE', root.certificate.encoded)))
    const { code, message } = errorOf(() => store.readCertificate('root'))
    expect(code).toBe('input.malformed')
    expect(message).toContain(`found ${count}`)
  })

  it('of something else: malformed, with the place', () => {
    const { store } = testStore()
    writeFileSync(store.chainPath('ca1'), formatPem('CERTIFICATE', new Uint8Array(3)))
    const { code, context } = errorOf(() => store.readChain('ca1'))
    expect({ code, context }).toEqual({
      code: 'input.malformed',
      context: { path: store.chainPath('ca1'), offset: expect.any(Number) },
    })
  })

  it('of what is no file: unreadable', () => {
    const { store } = testStore()
    mkdirSync(store.certificatePath('folder'))
    expect(errorOf(() => store.readCertificate('folder'))).toMatchObject({
      code: 'input.unreadable',
      context: { reason: 'EISDIR' },
    })
  })
})

describe('what is not there', () => {
  it('an empty folder is no store, and the hint makes one', () => {
    const store = new Store(join(folderOfTest(), 'pki'))
    for (const call of [() => store.requireExists(), () => store.readCertificate('web')]) {
      expect(errorOf(call)).toMatchObject({
        code: 'input.not-found',
        context: { folder: store.folder },
        hint: expect.stringContaining('pki init root'),
      })
    }
  })

  it('a name that is nobody’s: the hint has the nearest', () => {
    const { store } = testStore()
    expect(() => store.requireExists()).not.toThrow()
    expect(errorOf(() => store.readCertificate('ca2'))).toMatchObject({
      code: 'input.not-found',
      context: { name: 'ca2', folder: store.folder },
      hint: expect.stringContaining('ca1'),
    })
  })
})

it.each(['../x', 'a/b', 'ca1~user'])('%j leads to no file', (text) => {
  const store = new Store(folderOfTest())
  expect(errorOf(() => store.certificatePath(text)).code).toBe('usage.name')
  expect(errorOf(() => store.crlPath('ca1', text)).code).toBe('usage.name')
})
