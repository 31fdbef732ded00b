// The load of the authentication bench, in a process of its own: node authentication-load.mjs <folder>. For each message
// {port, milliseconds} it sends requests over connections that stay open, on each one after the other, and says how many
// were answered with 200. It counts octets and parses nothing, so that the server is what is measured.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'

const CONNECTIONS = 32
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

const [folder] = process.argv.slice(2)
const pem = readFileSync(join(folder, 'client.pem'))
const tls = { cert: pem, key: pem, ca: readFileSync(join(folder, 'root.crt')), servername: 'localhost' }

/** One connection: the length of the first answer is that of all. */
function drive(port, until) {
  return new Promise((resolve, reject) => {
    let size
    let received = 0
    let answered = 0
    const socket = connect({ host: '127.0.0.1', port, ...tls }, () => socket.write(REQUEST))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      if (size === undefined) {
        const text = chunk.toString('latin1')
        if (!text.startsWith('HTTP/1.1 200 ')) return reject(new Error(text))
        size = text.indexOf('\r\n\r\n') + 4 + Number(/content-length: (\d+)/i.exec(text)[1])
      }
      received += chunk.length
      if (received < size) return
      received = 0
      answered++
      if (Date.now() < until) return socket.write(REQUEST)
      socket.destroy()
      resolve(answered)
    })
  })
}

process.on('message', async ({ port, milliseconds }) => {
  const until = Date.now() + milliseconds
  const counts = await Promise.all(Array.from({ length: CONNECTIONS }, () => drive(port, until)))
  process.send({ answered: counts.reduce((sum, count) => sum + count, 0) })
})
process.on('disconnect', () => process.exit())
