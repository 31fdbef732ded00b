---
description: Express with certificate authentication as ASP.NET Core does it
file: server.mjs
quoting: json
---
// Express with certificate authentication: npm install express devpki
import { createServer } from 'node:https'
import {
  certificateAuthentication,
  MemoryValidationCache,
  readCertificateFile,
  readCredentialFiles,
  requireCertificate,
  serverTls,
} from 'devpki/authentication'
import express from 'express'

const credential = await readCredentialFiles({ files: [{{server.fullchain}}, {{server.key}}] })
// Whom client certificates may come from. Roots in it are trusted, the others help to find the way there.
const authorities = await readCertificateFile({{clientCa}})

const app = express()
app.use(
  certificateAuthentication({
    chainTrustValidationMode: 'CustomRootTrust',
    customTrustStore: authorities,
    // With CRLs or OCSP: 'Offline' and `surroundings`.
    revocationMode: 'NoCheck',
    cache: new MemoryValidationCache(),
  }),
)
app.get('/', requireCertificate(), (request, response) => {
  response.json({ message: 'Authenticated', subject: request.principal.name })
})

// TLS asks for a certificate; who is let in is decided above, for each request.
const server = createServer(serverTls({ credential, authorities }), app)
server.listen({{port}}, () => console.log({{server.url}}))
