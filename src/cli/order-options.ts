/** Everything that `init` and `issue` can be told. */

import type { ExistingOptions } from './existing-certificate.ts'
import type { IssuerOptions } from './issuer.ts'
import type { ContentOptions, DefectOption } from './issuing-options.ts'
import type { MakingOptions } from './make-certificate.ts'
import type { KeyOptions } from './new-key.ts'
import type { JsonOption, StoreOptions } from './options.ts'
import type { SeedFlags } from './seed-options.ts'

type OrderOptions = ContentOptions &
  KeyOptions &
  ExistingOptions &
  MakingOptions &
  DefectOption &
  SeedFlags &
  StoreOptions &
  JsonOption

export type InitOptions = OrderOptions & { readonly name?: string }

export type IssueOptions = OrderOptions & IssuerOptions
