import { describe, expect, it } from 'vitest'
import { HandshakeRecorder } from '../../src/serve/handshake-recorder.ts'

/** A record of TLS: type, version, length, content. */
function record(type: number, content: readonly number[]): Uint8Array {
  return Uint8Array.of(type, 3, 3, content.length >> 8, content.length & 0xff, ...content)
}

function message(type: number, body: readonly number[]): readonly number[] {
  return [type, 0, body.length >> 8, body.length & 0xff, ...body]
}

/** A ServerHello with a legacy version, a random of zeros, no session and no extensions. */
const serverHello = (cipherSuite: number) =>
  message(2, [3, 3, ...new Array<number>(32).fill(0), 0, cipherSuite >> 8, cipherSuite & 0xff, 0])

function stepsOf(...chunks: readonly Uint8Array[]) {
  const recorder = new HandshakeRecorder()
  for (const [i, chunk] of chunks.entries()) recorder.note('server', chunk, 100 + i)
  return recorder.steps().map(({ name, facts, at }) => ({ name, facts, at }))
}

const HANDSHAKE = 22
const ALERT = 21

describe('what is read', () => {
  it('a message over several records and chunks, at the time of its end', () => {
    const hello = serverHello(0xc02b)
    const bytes = Buffer.concat([record(HANDSHAKE, hello.slice(0, 7)), record(HANDSHAKE, hello.slice(7))])
    expect(stepsOf(bytes.subarray(0, 3), bytes.subarray(3, 20), bytes.subarray(20))).toEqual([
      {
        name: 'ServerHello',
        facts: { version: 'TLSv1.2', cipherSuite: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' },
        at: 2,
      },
    ])
  })

  it('several messages in one record', () => {
    const steps = stepsOf(record(HANDSHAKE, [...serverHello(0x1234), ...message(14, [])]))
    expect(steps.map(({ name }) => name)).toEqual(['ServerHello', 'ServerHelloDone'])
    expect(steps[0]?.facts.cipherSuite).toBe('0x1234')
  })

  it.each([
    [[2, 116], { description: 'certificate_required', fatal: true }],
    [[1, 0], { description: 'close_notify', fatal: false }],
    [[2, 99], { description: 'alert 99', fatal: true }],
  ])('alert %j', (content, facts) => {
    expect(stepsOf(record(ALERT, content))).toEqual([{ name: 'Alert', facts, at: 0 }])
  })
})

describe('what cannot be read is a step that says so, or nothing', () => {
  it.each<[string, readonly number[]]>([
    ['a ServerHello that ends early', message(2, [3, 3, 0])],
    ['a ClientHello whose lengths point beyond its end', message(1, [3, 3, ...new Array<number>(32).fill(0), 255])],
    ['a CertificateRequest that is empty', message(13, [])],
  ])('%s', (_, bytes) => {
    expect(stepsOf(record(HANDSHAKE, bytes))).toMatchObject([{ name: expect.stringContaining('unreadable') }])
  })

  it('a record that never ends', () => {
    expect(stepsOf(Uint8Array.of(HANDSHAKE, 3, 3, 255, 255, 1, 2, 3))).toEqual([])
  })

  it('a message of a kind that nobody knows', () => {
    expect(stepsOf(record(HANDSHAKE, message(99, [1])))).toMatchObject([{ name: 'handshake message 99' }])
  })

  it('records of TLS 1.3 without the secrets', () => {
    const supportedVersions = [0, 6, 0, 43, 0, 2, 3, 4]
    const body = [3, 3, ...new Array<number>(32).fill(0), 0, 0x13, 0x01, 0, ...supportedVersions]
    const steps = stepsOf(record(HANDSHAKE, message(2, body)), record(23, new Array<number>(40).fill(7)))
    expect(steps.map(({ name }) => name)).toEqual(['ServerHello', 'encrypted'])
  })

  it.each([0, 3, 15])('records of TLS 1.3 with %s octets, in which there is no room for a tag', (length) => {
    const recorder = new HandshakeRecorder()
    const supportedVersions = [0, 6, 0, 43, 0, 2, 3, 4]
    const body = [3, 3, ...new Array<number>(32).fill(0), 0, 0x13, 0x01, 0, ...supportedVersions]
    recorder.noteSecret(`SERVER_HANDSHAKE_TRAFFIC_SECRET 00 ${'11'.repeat(32)}`)
    recorder.note('server', record(HANDSHAKE, message(2, body)), 0)
    recorder.note('server', record(23, new Array<number>(length).fill(7)), 1)
    expect(recorder.steps().map(({ name }) => name)).toEqual(['ServerHello', 'encrypted'])
  })
})
