// The load of the authentication bench, in a process of its own: node authentication-load.mjs <folder>. For each message
// {port, milliseconds} it sends requests over connections that stay open, on each one after the other, and says how many
// were answered with 200. It counts octets and parses nothing, so that the server is what is measured.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'

const CONNECTIONS = 32
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

const [folder] = process.argv.slice(2)
const pem = readFileSync(join(folder, 'client.pem'))
const tls = { cert: pem, key: pem, ca: readFileSync(join(folder, 'root.crt')), servername: 'localhost' }

/** Connections stay open from one message to the next: handshakes are not what is measured. */
const connections = new Map()

async function open(port) {
  const socket = connect({ host: '127.0.0.1', port, ...tls })
  await once(socket, 'secureConnect')
  return socket
}

/** Asks one question after the other; the length of the first answer is that of all. */
function drive(socket, until) {
  return new Promise((resolve, reject) => {
    let size
    let received = 0
    let answered = 0
    const take = (chunk) => {
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
      socket.removeListener('data', take)
      resolve(answered)
    }
    socket.on('data', take)
    socket.write(REQUEST)
  })
}

process.on('message', async ({ port, milliseconds }) => {
  if (!connections.has(port)) {
    connections.set(port, await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port))))
  }
  const start = Date.now()
  const counts = await Promise.all(connections.get(port).map((socket) => drive(socket, start + milliseconds)))
  const answered = counts.reduce((sum, count) => sum + count, 0)
  process.send({ answered, milliseconds: Date.now() - start })
})
process.on('disconnect', () => process.exit())
