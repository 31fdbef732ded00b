---
description: Node.js: an https client with a certificate
file: client.mjs
quoting: json
---
// A mutual-TLS client with nothing but Node.js.
import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:https'

const agent = new Agent({
  keepAlive: true,
  cert: readFileSync({{client.fullchain}}),
  key: readFileSync({{client.key}}),
  // Which servers are believed: those of this authority, and no others.
  ca: readFileSync({{serverCa}}),
})

get({{server.url}}, { agent }, (response) => {
  console.error(response.statusCode)
  response.pipe(process.stdout)
  response.on('end', () => agent.destroy())
}).on('error', (error) => {
  console.error(error.message)
  process.exitCode = 1
})
