---
description: Node.js: an https server that asks for client certificates
file: server.mjs
quoting: json
---
// A mutual-TLS server with nothing but Node.js: TLS itself turns away who has no certificate of the authority.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

const server = createServer(
  {
    cert: readFileSync({{server.fullchain}}),
    key: readFileSync({{server.key}}),
    // Whom client certificates may come from.
    ca: readFileSync({{clientCa}}),
    requestCert: true,
    rejectUnauthorized: true,
  },
  (request, response) => {
    const { subject } = request.socket.getPeerX509Certificate()
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ message: 'Authenticated', subject }))
  },
)
server.listen({{port}}, () => console.log({{server.url}}))
