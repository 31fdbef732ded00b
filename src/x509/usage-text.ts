/** Key usages and key purposes by the names people know them by. */

import { isOid } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { KEY_USAGES, type KeyUsageName } from './extension-value.ts'
import { KEY_PURPOSE } from './oids.ts'

/** Other people's names: X.509's own new one, and those of PowerShell and .NET. */
const KEY_USAGE_ALIASES: Readonly<Record<string, KeyUsageName>> = {
  contentcommitment: 'nonRepudiation',
  certsign: 'keyCertSign',
}

const KEY_USAGE_BY_NAME = new Map<string, KeyUsageName>([
  ...KEY_USAGES.map((usage) => [usage.toLowerCase(), usage] as const),
  ...Object.entries(KEY_USAGE_ALIASES),
])

/** Purposes under the names of the RFC, of the registry (`id-kp-…`), of OpenSSL, and of the command line. */
const PURPOSE_ALIASES: Readonly<Record<string, string>> = {
  any: KEY_PURPOSE.anyExtendedKeyUsage,
  mssmartcardlogin: KEY_PURPOSE.smartcardLogon,
  pkinitkpclientauth: KEY_PURPOSE.kpClientAuth,
  pkinitkdc: KEY_PURPOSE.kpKdc,
}

const PURPOSE_BY_NAME = new Map<string, string>([
  ...Object.entries(KEY_PURPOSE).map(([name, oid]) => [name.toLowerCase(), oid] as const),
  ...Object.entries(PURPOSE_ALIASES),
])

/**
 * A keyUsage bit by name, whatever its case: `keyCertSign`, and `CertSign` as PowerShell says.
 * @throws PkiError `usage.extension`
 */
export function parseKeyUsageName(text: string): KeyUsageName {
  const usage = KEY_USAGE_BY_NAME.get(text.trim().toLowerCase())
  if (usage !== undefined) return usage
  throw new PkiError('usage.extension', `unknown key usage: ${text}`, { hint: `use one of ${KEY_USAGES.join(', ')}` })
}

/**
 * The object identifier of a key purpose: by name, whatever its case (`serverAuth`), or dotted.
 * @throws PkiError `usage.extension`
 */
export function parseKeyPurpose(text: string): string {
  const trimmed = text.trim()
  const known = PURPOSE_BY_NAME.get(trimmed.toLowerCase().replace(/^id-kp-/, ''))
  if (known !== undefined) return known
  if (isOid(trimmed)) return trimmed
  throw new PkiError('usage.extension', `unknown key purpose: ${text}`, {
    hint: `use an object identifier or one of ${Object.keys(KEY_PURPOSE).join(', ')}`,
  })
}
