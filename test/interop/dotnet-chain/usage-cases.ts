/** Purposes and certificate policies. */

import { nullValue, oid, sequence } from '../../../src/der/writer.ts'
import { ANY_POLICY, EXTENSION, KEY_PURPOSE } from '../../../src/x509/oids.ts'
import type { Fields } from '../../path/build-certificate.ts'
import { type ChainCase, chainCase } from './chain-case.ts'
import { at } from './trust-cases.ts'

export function usageCases(): readonly ChainCase[] {
  return [...purposes(), ...purposesAlong(), ...certificatePolicies()]
}

const { serverAuth, clientAuth, anyExtendedKeyUsage, timeStamping } = KEY_PURPOSE

function applicationPolicies(...purposes: readonly string[]): NonNullable<Fields['extensions']> {
  return { applicationPolicies: sequence(...purposes.map((purpose) => sequence(oid(purpose)))) }
}

const DECLARED: Readonly<Record<string, Fields>> = {
  nothing: {},
  server: { extKeyUsage: [serverAuth] },
  client: { extKeyUsage: [clientAuth] },
  both: { extKeyUsage: [serverAuth, clientAuth] },
  anyExtendedKeyUsage: { extKeyUsage: [anyExtendedKeyUsage] },
  'anyExtendedKeyUsage and timeStamping': { extKeyUsage: [anyExtendedKeyUsage, timeStamping] },
  anyPolicy: { extKeyUsage: [ANY_POLICY] },
  'an empty extKeyUsage': { extensions: { extKeyUsage: sequence() } },
  'application policy client, extKeyUsage server': {
    extKeyUsage: [serverAuth],
    extensions: applicationPolicies(clientAuth),
  },
  'application policy server, extKeyUsage client': {
    extKeyUsage: [clientAuth],
    extensions: applicationPolicies(serverAuth),
  },
  'application policy anyPolicy': { extensions: applicationPolicies(ANY_POLICY) },
  'an empty application policy': { extensions: applicationPolicies() },
  'a malformed application policy': { extensions: { applicationPolicies: nullValue() } },
  'a malformed application policy, extKeyUsage client': {
    extKeyUsage: [clientAuth],
    extensions: { applicationPolicies: nullValue() },
  },
}

const REQUESTED: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  server: [serverAuth],
  client: [clientAuth],
  'client and server': [clientAuth, serverAuth],
  anyExtendedKeyUsage: [anyExtendedKeyUsage],
}

/** What each certificate of a chain declares, for each request. */
function purposes(): readonly ChainCase[] {
  return Object.entries(DECLARED).flatMap(([declared, fields]) =>
    Object.entries(REQUESTED).flatMap(([requested, applicationPolicy]) =>
      (['leaf', 'intermediate', 'root'] as const).map((position) =>
        chainCase(`usage: ${position} declares ${declared}, ${requested} requested`, {
          ...at(position, fields),
          policy: { applicationPolicy },
        }),
      ),
    ),
  )
}

function purposesAlong(): readonly ChainCase[] {
  const policy = { applicationPolicy: [clientAuth] }
  const client: Fields = { extKeyUsage: [clientAuth] }
  const server: Fields = { extKeyUsage: [serverAuth] }
  const explicit = (requireExplicitPolicy: number): Fields => ({ policyConstraints: { requireExplicitPolicy } })
  return [
    chainCase('usage: client everywhere', { root: client, intermediates: [client], leaf: client, policy }),
    chainCase('usage: server above client', { intermediates: [server], leaf: client, policy }),
    ...[0, 1, 2, 3].flatMap((skip) => [
      chainCase(`usage: explicit policy required after ${skip} by the root`, { root: explicit(skip), policy }),
      chainCase(`usage: explicit policy required after ${skip} by the intermediate`, {
        intermediates: [explicit(skip)],
        policy,
      }),
      chainCase(`usage: explicit policy required after ${skip} by the root, leaf with extKeyUsage`, {
        root: explicit(skip),
        leaf: client,
        policy,
      }),
    ]),
    chainCase('usage: wrong purpose of an expired leaf', {
      leaf: { ...server, notAfter: new Date('2026-02-01T00:00:00Z') },
      policy,
    }),
  ]
}

const P1 = '1.2.3.1'
const P2 = '1.2.3.2'

function certificatePolicies(): readonly ChainCase[] {
  const sets: Readonly<Record<string, readonly string[] | undefined>> = {
    none: undefined,
    P1: [P1],
    P2: [P2],
    both: [P1, P2],
    any: [ANY_POLICY],
  }
  const request = (...certificatePolicy: readonly string[]) => ({ policy: { certificatePolicy } })
  const fields = (policies: readonly string[] | undefined): Fields => (policies === undefined ? {} : { policies })
  const plain = Object.entries(sets).flatMap(([above, policiesAbove]) =>
    Object.entries(sets).flatMap(([own, policies]) =>
      [[P1], [P1, P2], [ANY_POLICY]].map((requested) =>
        chainCase(`policy: intermediate ${above}, leaf ${own}, requested ${requested.join(' ')}`, {
          intermediates: [fields(policiesAbove)],
          leaf: fields(policies),
          ...request(...requested),
        }),
      ),
    ),
  )
  const counters = [0, 1, 2].flatMap((skip) => [
    chainCase(`policy: inhibitAnyPolicy ${skip}, any in the leaf`, {
      root: { inhibitAnyPolicy: skip },
      leaf: { policies: [ANY_POLICY] },
      ...request(P1),
    }),
    chainCase(`policy: inhibitAnyPolicy ${skip}, two intermediates, all any`, {
      root: { inhibitAnyPolicy: skip },
      intermediates: [{ policies: [ANY_POLICY] }, { policies: [ANY_POLICY] }],
      leaf: { policies: [ANY_POLICY] },
      ...request(P1),
    }),
    chainCase(`policy: explicit after ${skip}, none anywhere`, {
      root: { policyConstraints: { requireExplicitPolicy: skip } },
      ...request(P1),
    }),
    chainCase(`policy: explicit after ${skip}, P1 below`, {
      root: { policyConstraints: { requireExplicitPolicy: skip } },
      intermediates: [{ policies: [P1] }],
      leaf: { policies: [P1] },
      ...request(P1),
    }),
    chainCase(`policy: mapping inhibited after ${skip}`, {
      root: { policyConstraints: { inhibitPolicyMapping: skip } },
      intermediates: [{ policies: [P1], mappings: [[P1, P2]] }],
      leaf: { policies: [P2] },
      ...request(P1),
    }),
    chainCase(`policy: mapping inhibited after ${skip}, two intermediates`, {
      root: { policyConstraints: { inhibitPolicyMapping: skip } },
      intermediates: [{ policies: [P1] }, { policies: [P1], mappings: [[P1, P2]] }],
      leaf: { policies: [P2] },
      ...request(P1),
    }),
  ])
  return [
    ...plain,
    ...counters,
    ...twice(),
    ...(['certificatePolicies', 'policyMappings', 'policyConstraints', 'inhibitAnyPolicy'] as const).map((name) =>
      chainCase(`policy: ${name} is an empty sequence`, {
        intermediates: [{ extensions: { [name]: sequence() } }],
        ...request(P1),
      }),
    ),
    chainCase('policy: chain of two, none', { intermediates: [], ...request(P1) }),
    chainCase('policy: chain of two, P1 in the leaf', { intermediates: [], leaf: { policies: [P1] }, ...request(P1) }),
    chainCase('policy: chain of two, any in the leaf', {
      intermediates: [],
      leaf: { policies: [ANY_POLICY] },
      ...request(P1),
    }),
    chainCase('policy: mapped', {
      intermediates: [{ policies: [P1], mappings: [[P1, P2]] }],
      leaf: { policies: [P2] },
      ...request(P1),
    }),
    chainCase('policy: mapped, leaf keeps the old one', {
      intermediates: [{ policies: [P1], mappings: [[P1, P2]] }],
      leaf: { policies: [P1] },
      ...request(P1),
    }),
    chainCase('policy: mapped twice', {
      intermediates: [
        {
          policies: [P1],
          mappings: [
            [P1, '1.2.3.3'],
            [P1, P2],
          ],
        },
      ],
      leaf: { policies: [P2] },
      ...request(P1),
    }),
    chainCase('policy: mapped along', {
      intermediates: [
        { policies: [P1], mappings: [[P1, P2]] },
        { policies: [P2], mappings: [[P2, '1.2.3.3']] },
      ],
      leaf: { policies: ['1.2.3.3'] },
      ...request(P1),
    }),
    chainCase('policy: malformed, nothing requested', { leaf: { extensions: { certificatePolicies: nullValue() } } }),
    chainCase('policy: malformed mappings', {
      intermediates: [{ extensions: { policyMappings: nullValue() } }],
      ...request(P1),
    }),
    chainCase('policy: malformed constraints', {
      intermediates: [{ extensions: { policyConstraints: nullValue() } }],
      ...request(P1),
    }),
    chainCase('policy: malformed inhibitAnyPolicy', {
      intermediates: [{ extensions: { inhibitAnyPolicy: nullValue() } }],
      ...request(P1),
    }),
    chainCase('policy: any in the root alone', {
      root: { policies: [ANY_POLICY] },
      leaf: { policies: [P1] },
      ...request(P1),
    }),
    chainCase('policy: P2 in the root', { root: { policies: [P2] }, leaf: { policies: [P1] }, ...request(P1) }),
  ]
}

/** Of two extensions of a kind .NET reads the last. */
function twice(): readonly ChainCase[] {
  const policies = (...oids: readonly string[]) => sequence(...oids.map((one) => sequence(oid(one))))
  const second = (name: 'certificatePolicies' | 'applicationPolicies', value: Uint8Array): Fields => ({
    unchecked: { extensions: [{ oid: EXTENSION[name], critical: false, value }] },
  })
  const asked = { policy: { certificatePolicy: [P1] } }
  const client = { policy: { applicationPolicy: [clientAuth] } }
  return [
    chainCase('twice: P1, then P2', {
      leaf: { policies: [P1], ...second('certificatePolicies', policies(P2)) },
      ...asked,
    }),
    chainCase('twice: P2, then P1', {
      leaf: { policies: [P2], ...second('certificatePolicies', policies(P1)) },
      ...asked,
    }),
    chainCase('twice: P1, then malformed', {
      leaf: { policies: [P1], ...second('certificatePolicies', nullValue()) },
      ...asked,
    }),
    chainCase('twice: malformed, then P1', {
      leaf: { extensions: { certificatePolicies: nullValue() }, ...second('certificatePolicies', policies(P1)) },
      ...asked,
    }),
    chainCase('twice: application policies, client and server', {
      leaf: { extensions: applicationPolicies(clientAuth), ...second('applicationPolicies', policies(serverAuth)) },
      ...client,
    }),
  ]
}
