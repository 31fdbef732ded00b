/** The page at `/`: which CAs are served, where, and what they sign with. For people, without scripts; and as JSON. */

import type { Certificate } from '../x509/certificate.ts'
import { fingerprint } from '../x509/certificate.ts'
import { formatName } from '../x509/name-text.ts'
import type { Authority } from './authority.ts'

export interface SiteStatus {
  readonly folder: string
  readonly at: Date
  readonly authorities: readonly AuthorityStatus[]
  /** As they were given. */
  readonly faults: readonly string[]
}

export interface AuthorityStatus extends Authority {
  /** Who signs its OCSP responses; undefined if nobody can. */
  readonly responder: Certificate | undefined
  readonly revoked: number
  /** Of the last CRL; 0 if there was none. */
  readonly crlNumber: bigint
}

/** `pki.status/1`: within the number behind the slash, fields may be added, and none is removed or changed in meaning. */
export interface StatusJson {
  readonly schema: 'pki.status/1'
  readonly folder: string
  readonly at: string
  readonly authorities: readonly {
    readonly name: string
    readonly subject: string
    readonly notAfter: string
    readonly fingerprint: string
    readonly revoked: number
    /** Decimal; null if there was no CRL yet. */
    readonly crlNumber: string | null
    /** Why nothing can be signed; null if it can. */
    readonly keyProblem: string | null
    /** Subject of the certificate that signs OCSP responses. */
    readonly ocspResponder: string | null
    readonly paths: {
      readonly crl: string
      readonly ocsp: string
      readonly certificate: string
      readonly bundle: string
    }
  }[]
  readonly faults: readonly string[]
}

export function statusAsJson({ folder, at, authorities, faults }: SiteStatus): string {
  const json: StatusJson = {
    schema: 'pki.status/1',
    folder,
    at: at.toISOString(),
    authorities: authorities.map((authority) => ({
      name: authority.name,
      subject: formatName(authority.certificate.subject),
      notAfter: authority.certificate.notAfter.date.toISOString(),
      fingerprint: fingerprint(authority.certificate),
      revoked: authority.revoked,
      crlNumber: authority.crlNumber === 0n ? null : String(authority.crlNumber),
      keyProblem: authority.keyProblem ?? null,
      ocspResponder: authority.responder === undefined ? null : formatName(authority.responder.subject),
      paths: pathsOf(authority.name),
    })),
    faults,
  }
  return `${JSON.stringify(json, null, 2)}\n`
}

function pathsOf(name: string): StatusJson['authorities'][number]['paths'] {
  const encoded = encodeURIComponent(name)
  return {
    crl: `/crl/${encoded}.crl`,
    ocsp: `/ocsp/${encoded}`,
    certificate: `/aia/${encoded}.cer`,
    bundle: `/aia/${encoded}.p7c`,
  }
}

export function statusAsHtml({ folder, at, authorities, faults }: SiteStatus): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pki serve</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>pki serve</h1>
<p>CRLs, OCSP responses and issuer certificates of <code>${toHtml(folder)}</code>, at ${instant(at)}</p>
</header>
${faults.length === 0 ? '' : `<p class="fault">Faults on demand: ${faults.map((text) => `<code>${toHtml(text)}</code>`).join(', ')}</p>`}
<main>
${authorities.length === 0 ? EMPTY : authorities.map((authority) => authorityAsHtml(authority, at)).join('\n')}
</main>
<footer>The same as JSON: <code>curl -H 'Accept: application/json'</code></footer>
</body>
</html>
`
}

const EMPTY = '<p>No authority yet: <code>pki init root</code> makes one.</p>'

function authorityAsHtml(authority: AuthorityStatus, at: Date): string {
  const { name, certificate, revoked, crlNumber, keyProblem, responder } = authority
  const { crl, ocsp, certificate: cer, bundle } = pathsOf(name)
  const isOver = certificate.notAfter.date < at
  const isDelegated = responder !== undefined && responder !== certificate
  const rows: readonly (readonly [label: string, html: string])[] = [
    ['subject', toHtml(formatName(certificate.subject) || '(empty)')],
    ['valid until', `${instant(certificate.notAfter.date)}${isOver ? ' <strong>expired</strong>' : ''}`],
    ['revoked', `${revoked} ${revoked === 1 ? 'certificate' : 'certificates'}`],
    ['CRL', `${link(crl)}${crlNumber === 0n ? '' : ` number ${crlNumber}`}`],
    ['OCSP', `<code>${toHtml(ocsp)}</code>${isDelegated ? ` signed by ${toHtml(formatName(responder.subject))}` : ''}`],
    ['certificate', `${link(cer)} ${link(bundle)}`],
    ...(keyProblem === undefined ? [] : [['key', `<strong>${toHtml(keyProblem)}</strong>`] as const]),
  ]
  const list = rows.map(([label, html]) => `<dt>${label}</dt><dd>${html}</dd>`).join('\n')
  return `<section>\n<h2>${toHtml(name)}</h2>\n<dl>\n${list}\n</dl>\n</section>`
}

function link(path: string): string {
  return `<a href="${toHtml(path)}">${toHtml(path)}</a>`
}

function instant(date: Date): string {
  return `<time>${date.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function toHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}

const STYLE = `
:root { color-scheme: light dark; --edge: #8884; --quiet: #777; --accent: #0a7; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
header p, footer, dt { color: var(--quiet); } footer { margin-top: 2rem; font-size: .9rem; }
section { border: 1px solid var(--edge); border-left: 4px solid var(--accent); border-radius: 6px; padding: 1rem; margin: 1rem 0; }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: .2rem 1rem; margin: 0; }
dd { margin: 0; overflow-wrap: anywhere; } a { color: var(--accent); }
strong, .fault { color: #c33; } code { font-size: .95em; }
`
