/** Paths that lead nowhere, or take a detour (RFC 5280 §6.1; RFC 4158). */

import { intermediates } from '../../keys/credential.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { parseName } from '../../x509/name.ts'
import { formatName, parseNameText } from '../../x509/name-text.ts'
import { defectsOf, type Hierarchy, type Maker, type Presented, rejected, tolerated } from '../defect.ts'
import { field } from '../mechanisms.ts'

/** What a server should send, and what should be trusted. */
function properly({ root, target }: Hierarchy): Presented {
  return { chain: intermediates(target), trustAnchors: [root.credential.certificate] }
}

export const PATH = defectsOf('path', {
  'missing-intermediate': {
    wrong: 'the server sends its certificate without that of the authority which issued it',
    rule: 'RFC 8446 §4.4.2',
    presented: (made) => ({ ...properly(made), chain: [] }),
    expected: rejected(['path.issuer-not-found']),
  },
  unordered: {
    wrong: 'the server sends the certificates of its path in the wrong order, with the root among them',
    rule: 'RFC 5246 §7.4.2',
    presented: (made) => ({ ...properly(made), chain: [made.root.credential.certificate, ...properly(made).chain] }),
    expected: tolerated(),
  },
  'stranger-in-chain': {
    wrong: 'the server sends a certificate of somebody else among its own',
    rule: 'RFC 5246 §7.4.2',
    presented: (made, maker) => {
      const stranger = maker.authority('CN=Somebody Else', maker.key('stranger'), made.root)
      return { ...properly(made), chain: [stranger.credential.certificate, ...properly(made).chain] }
    },
    expected: tolerated(),
  },
  'untrusted-root': {
    wrong: 'it leads to a root that is not trusted; the one that is trusted has nothing to do with it',
    rule: 'RFC 5280 §6.1.1 (d)',
    presented: (made, maker) => ({
      chain: [...properly(made).chain, made.root.credential.certificate],
      trustAnchors: [maker.root('CN=Another Root', maker.key('another root')).credential.certificate],
    }),
    expected: rejected(['path.untrusted-root']),
  },
  'self-signed': {
    wrong: 'it is signed with its own key, and nobody trusts it for that',
    rule: 'RFC 5280 §6.1.1 (d)',
    presented: (made, maker) => ({ ...properly(made), target: maker.target(undefined), chain: [] }),
    expected: rejected(['path.untrusted-root']),
  },
  'root-of-the-same-name': {
    wrong: 'the root that is trusted has the name of the one it leads to, and another key',
    rule: 'RFC 5280 §6.1.3 (a)(1)',
    presented: (made, maker) => {
      const { subject } = made.root.credential.certificate
      const twin = maker.root(formatName(subject), maker.key('another root'))
      return { ...properly(made), trustAnchors: [twin.credential.certificate] }
    },
    expected: rejected(['signature.invalid']),
  },
  'issuer-of-another-name': {
    wrong: 'it names an issuer that is not the one that signed it',
    rule: 'RFC 5280 §6.1.3 (a)(4)',
    certificates: {
      target: field('issuer', () => parseName(parseNameText('CN=Nobody of This Name')).encoded, ['issuer']),
    },
    expected: rejected(['path.issuer-not-found']),
  },
  loop: {
    wrong: 'two authorities certify each other, and no root certifies either',
    rule: 'RFC 4158 §2.4.2, §5.2',
    presented: (made, maker) => {
      const [keyA, keyB] = [maker.key('loop a'), maker.key('loop b')]
      const fromRoot = maker.authority('CN=Loop B', keyB, made.root)
      const a = maker.authority('CN=Loop A', keyA, fromRoot)
      const b = maker.authority('CN=Loop B', keyB, a)
      return {
        target: maker.target(a),
        chain: [a.credential.certificate, b.credential.certificate],
        trustAnchors: [made.root.credential.certificate],
      }
    },
    expected: rejected(['path.issuer-not-found']),
  },
  'cross-signed-dead-end': {
    wrong:
      'the authority was certified by two roots, and the server sends the certificate of the one that is not trusted',
    rule: 'RFC 4158 §1.4.2',
    presented: (made, maker) => ({ ...properly(made), chain: [crossCertificate(made, maker)] }),
    expected: rejected(['path.issuer-not-found']),
  },
  'cross-signed-detour': {
    wrong:
      'the authority was certified by two roots, and the first of its certificates leads to the one not trusted: verifiers must turn back and take the other',
    rule: 'RFC 4158 §2.4.1',
    presented: (made, maker) => ({
      ...properly(made),
      chain: [crossCertificate(made, maker), ...properly(made).chain],
    }),
    expected: tolerated(),
  },
})

/** The certificate of the authority, with its name and its key, from a root that nobody trusts. */
function crossCertificate({ authority }: Hierarchy, maker: Maker): Certificate {
  const { certificate, privateKey } = authority.credential
  const other = maker.root('CN=Another Root', maker.key('another root'))
  return maker.authority(formatName(certificate.subject), privateKey as PrivateKey, other).credential.certificate
}
