// What the threads of `pki apply` run; CommonJS for the same reason as pki.js.
const { join } = require('node:path')

require(join(__dirname, '..', 'dist', 'cli', 'start.js')).runThread()
