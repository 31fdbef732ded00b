/** CRLs that are wrong on purpose, for whoever wants to see them refused. */

import { nullValue } from '../der/writer.ts'
import { commonName, encodeName, parseName } from '../x509/name.ts'
import type { CrlRequest } from './crl.ts'
