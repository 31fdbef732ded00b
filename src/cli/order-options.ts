/** Everything that `init` and `issue` can be told. */

import type { ExistingOptions } from './existing-certificate.ts'
import type { IssuerOptions } from './issuer.ts'
import type { ContentOptions } from './issuing-options.ts'
import type { MakingOptions } from './make-certificate.ts'
import type { KeyOptions } from './new-key.ts'
import type { JsonOption, StoreOptions } from './options.ts'

type OrderOptions = ContentOptions & KeyOptions & ExistingOptions & MakingOptions & StoreOptions & JsonOption

export type InitOptions = OrderOptions & { readonly name?: string }

export type IssueOptions = OrderOptions & IssuerOptions
