---
description: Fastify with certificate authentication as ASP.NET Core does it
file: server.mjs
quoting: json
---
// Fastify with certificate authentication: npm install fastify devpki
import {
  MemoryValidationCache,
  readCertificateFile,
  readCredentialFiles,
  serverTls,
} from 'devpki/authentication'
import { fastifyCertificateAuthentication, requireCertificateHook } from 'devpki/authentication/fastify'
import fastify from 'fastify'

const credential = await readCredentialFiles({ files: [{{server.fullchain}}, {{server.key}}] })
// Whom client certificates may come from. Roots in it are trusted, the others help to find the way there.
const authorities = await readCertificateFile({{clientCa}})

// TLS asks for a certificate; who is let in is decided below, for each request.
const app = fastify({ https: serverTls({ credential, authorities }) })
await app.register(fastifyCertificateAuthentication, {
  chainTrustValidationMode: 'CustomRootTrust',
  customTrustStore: authorities,
  // With CRLs or OCSP: 'Offline' and `surroundings`.
  revocationMode: 'NoCheck',
  cache: new MemoryValidationCache(),
})
app.get('/', { onRequest: requireCertificateHook() }, async (request) => {
  return { message: 'Authenticated', subject: request.principal.name }
})

await app.listen({ port: {{port}}, host: '::' })
console.log({{server.url}})
