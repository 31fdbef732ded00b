/** Signature checks: what is remembered, for how long, and what it costs. */

import { describe, expect, it } from 'vitest'
import { Budget } from '../../src/path/budget.ts'
import { SignatureChecker, SignatureMemory } from '../../src/path/signatures.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { intermediate, root } from './build-certificate.ts'

const ROOT = root()
const CA = intermediate(ROOT).certificate
const KEY = ROOT.certificate.publicKey

/** A memory that says what it was asked. */
class SpyMemory extends SignatureMemory {
  readonly answers: boolean[] = []

  override has(key: string): boolean {
    const answer = super.has(key)
    this.answers.push(answer)
    return answer
  }
}

function check(memory: SignatureMemory, certificate = CA, key = KEY, isTarget = false) {
  return new SignatureChecker(new Budget(), memory).check(certificate, key, isTarget)
}

describe('the memory of verified signatures', () => {
  it('recognises equal bytes in another object', () => {
    const memory = new SpyMemory()
    expect(check(memory)).toBe('valid')
    expect(check(memory, parseCertificate(CA.encoded.slice()))).toBe('valid')
    expect(memory.answers).toEqual([false, true])
  })

  it('knows nothing of another key, or of another certificate', () => {
    const memory = new SpyMemory()
    check(memory)
    expect(check(memory, CA, root().certificate.publicKey)).toBe('invalid')
    expect(check(memory, intermediate(ROOT).certificate)).toBe('valid')
    expect(memory.answers).toEqual([false, false, false])
  })

  it('keeps no bad signature', () => {
    const memory = new SpyMemory()
    for (let i = 0; i < 2; i++)
      expect(check(memory, CA, root({ key: 'ec-p384' }).certificate.publicKey)).toBe('invalid')
    expect(memory.answers).toEqual([false, false])
  })

  it('is not asked about targets', () => {
    const memory = new SpyMemory()
    for (let i = 0; i < 2; i++) check(memory, CA, KEY, true)
    expect(memory.answers).toEqual([])
  })

  it('forgets the oldest beyond its capacity', () => {
    const memory = new SignatureMemory(2)
    for (const key of ['a', 'b', 'c']) memory.add(key)
    expect(['a', 'b', 'c'].map((key) => memory.has(key))).toEqual([false, true, true])
  })

  it('of capacity 0 remembers nothing', () => {
    const memory = new SignatureMemory(0)
    memory.add('a')
    expect(memory.has('a')).toBe(false)
  })
})

describe('the budget of signatures', () => {
  it('is spent by every question, also on what is known', () => {
    const checker = new SignatureChecker(new Budget({ signatures: 2 }), undefined)
    const ask = () => checker.check(CA, KEY, false)
    expect([ask(), ask(), ask()]).toEqual(['valid', 'valid', undefined])
  })
})
