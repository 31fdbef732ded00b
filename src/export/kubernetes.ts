/** Kubernetes manifests: the key pair as a `kubernetes.io/tls` Secret, the authorities as a ConfigMap. */

import { PkiError } from '../errors.ts'
import type { Credential } from '../keys/credential.ts'
import { formatPrivateKey } from '../keys/key-file.ts'
import type { ExportOptions } from './export-options.ts'
import { authorities, certificatesAbove, certificatesPem, requirePrivateKey } from './pem-parts.ts'

/**
 * A YAML stream of both objects. `tls.crt` is the full chain; `ca.crt`, as cert-manager writes it, all authorities.
 * @throws PkiError `refused.key`; `usage.option` for a namespace that Kubernetes would not take
 */
export function kubernetesManifests(credential: Credential, name: string, options: ExportOptions): string {
  const chain = [credential.certificate, ...certificatesAbove(credential, options)]
  const key = formatPrivateKey(requirePrivateKey(credential, name), { format: 'pkcs8' })
  const ca = certificatesPem(authorities(credential))
  const secret = {
    'tls.crt': base64(certificatesPem(chain)),
    'tls.key': base64(key),
    ...(ca === '' ? {} : { 'ca.crt': base64(ca) }),
  }
  const objectName = kubernetesName(name)
  const { namespace } = options
  if (namespace !== undefined && !DNS_LABEL.test(namespace)) {
    throw new PkiError('usage.option', `not a Kubernetes namespace: ${namespace}`)
  }
  const objects = [
    [
      ...manifest('Secret', objectName, namespace, ['type: kubernetes.io/tls', 'data:']),
      ...Object.entries(secret).map(([entry, value]) => `  ${entry}: ${value}`),
    ],
  ]
  if (ca !== '') {
    const lines = ca.trimEnd().split('\n')
    const text = ['data:', '  ca.crt: |', ...lines.map((line) => `    ${line}`)]
    objects.push(manifest('ConfigMap', `${objectName}-ca`, namespace, text))
  }
  return objects.map((object) => `${object.join('\n')}\n`).join('---\n')
}

function manifest(kind: string, name: string, namespace: string | undefined, rest: readonly string[]): string[] {
  const metadata = ['metadata:', `  name: ${quote(name)}`, ...(namespace ? [`  namespace: ${quote(namespace)}`] : [])]
  return ['apiVersion: v1', `kind: ${kind}`, ...metadata, ...rest]
}

/** A label of RFC 1123, which namespaces are. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** A name that Kubernetes takes (a DNS subdomain of RFC 1123): lower case, everything else becomes a hyphen. */
export function kubernetesName(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 240)
  return label === '' ? 'certificate' : label
}

/** Quoted, because a name may read as a number or as `no`. */
function quote(text: string): string {
  return JSON.stringify(text)
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
