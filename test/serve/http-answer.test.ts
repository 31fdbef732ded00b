import { describe, expect, it } from 'vitest'
import { cacheable, plainText, uncacheable, whatChanged } from '../../src/serve/http-answer.ts'
import { NOW } from '../issue/authority.ts'

const BODY = Buffer.from('body')
const SECOND = 1000
const at = (seconds: number) => new Date(NOW.getTime() + seconds * SECOND)

describe('cacheable', () => {
  it.each([
    ['without an end', undefined, 60],
    ['with an end far away', at(3600), 60],
    ['with an end that is near', at(10), 10],
    ['at its end', at(0), 0],
    ['after its end', at(-10), 0],
  ])('%s: max-age', (_, expires, maxAge) => {
    const { headers } = cacheable('text/x', BODY, { lastModified: at(-60), expires, now: NOW })
    expect(headers['Cache-Control']).toBe(`max-age=${maxAge}, public, no-transform, must-revalidate`)
    expect(headers.Expires).toBe(expires?.toUTCString())
  })

  it('gives equal bodies equal tags, and others another', () => {
    const tag = (body: Uint8Array) => cacheable('text/x', body, { lastModified: NOW, now: NOW }).headers.ETag
    expect(tag(BODY)).toBe(tag(Buffer.from('body')))
    expect(tag(BODY)).not.toBe(tag(Buffer.from('bodx')))
  })
})

describe('whatChanged', () => {
  const answer = cacheable('text/x', BODY, { lastModified: NOW, now: NOW })
  const tag = answer.headers.ETag as string

  it.each<[string, Record<string, string>, number]>([
    ['no condition', {}, 200],
    ['its tag', { 'if-none-match': tag }, 304],
    ['its tag, marked weak', { 'if-none-match': `W/${tag}` }, 304],
    ['its tag in a list', { 'if-none-match': `"a", ${tag}` }, 304],
    ['any tag', { 'if-none-match': '*' }, 304],
    ['another tag', { 'if-none-match': '"a"' }, 200],
    ['its date', { 'if-modified-since': NOW.toUTCString() }, 304],
    ['a later date', { 'if-modified-since': at(1).toUTCString() }, 304],
    ['an earlier date', { 'if-modified-since': at(-1).toUTCString() }, 200],
    ['a date that is none', { 'if-modified-since': 'yesterday' }, 200],
    ['a year', { 'if-modified-since': '9999' }, 200],
    ['a date in another form', { 'if-modified-since': at(1).toISOString() }, 200],
    ['another tag and its date', { 'if-none-match': '"a"', 'if-modified-since': NOW.toUTCString() }, 200],
  ])('%s', (_, headers, status) => {
    const left = whatChanged(answer, headers)
    expect(left.status).toBe(status)
    if (status === 304) {
      expect(left.body).toHaveLength(0)
      // RFC 9110 §15.4.5: what a cache needs to go on with its copy.
      expect(left.headers).toMatchObject({ ETag: tag, 'Cache-Control': answer.headers['Cache-Control'] })
    }
  })

  it.each([plainText(404, 'no'), uncacheable('text/x', BODY)])('leaves what has no tag alone', (other) => {
    expect(whatChanged(other, { 'if-none-match': '*' })).toBe(other)
  })
})
