// The server of the authentication bench, in a process of its own: node authentication-server.mjs <variant> <folder>.
// Says its port to its parent. Told `bare` or the variant, it answers from then on with or without the middleware, and
// says how much processor time it has used so far.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import {
  certificateAuthentication,
  MemoryValidationCache,
  readCertificateFile,
  readCredentialFiles,
  requireCertificate,
  serverTls,
} from '../dist/authentication.js'

const [variant, folder] = process.argv.slice(2)
const at = (name) => join(folder, name)

const clock = () => new Date()
const body = readFileSync(at('body.txt'))
const answer = (_request, response) => {
  response.setHeader('Content-Length', body.length)
  response.end(body)
}

const authenticating = async () => {
  const authentication = certificateAuthentication({
    clock,
    chainTrustValidationMode: 'CustomRootTrust',
    customTrustStore: await readCertificateFile(at('root.crt')),
    additionalChainCertificates: await readCertificateFile(at('intermediate.crt')),
    revocationMode: 'NoCheck',
    ...(variant === 'cached' && { cache: new MemoryValidationCache({ clock }) }),
  })
  const authorize = requireCertificate()
  return (request, response) =>
    authentication(request, response, (error) => {
      if (error !== undefined) throw error
      authorize(request, response, () => answer(request, response))
    })
}

const listeners = { bare: answer, [variant]: await authenticating() }
let listener = listeners[variant]
const credential = await readCredentialFiles({ files: [at('server.pem')] })
const server = createServer(serverTls({ credential }), (request, response) => listener(request, response))
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', (wanted) => {
  listener = listeners[wanted]
  const { user, system } = process.cpuUsage()
  process.send({ microseconds: user + system })
})
process.on('disconnect', () => process.exit())
