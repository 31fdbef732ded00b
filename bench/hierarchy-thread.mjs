// One thread of the hierarchy bench: makes as many certificates in memory as each message says, and answers when done.

import { parentPort } from 'node:worker_threads'
import { ours } from './hierarchy.mjs'

const make = await ours()
parentPort.on('message', (count) => {
  make(count)
  parentPort.postMessage('done')
})
