#!/usr/bin/env node
// CommonJS, because it starts faster; see scripts/build.mjs.
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const packageFolder = join(__dirname, '..')
const start = join(packageFolder, 'dist', 'cli', 'start.js')
if (existsSync(start)) {
  const { main, processIo } = require(start)
  main(process.argv.slice(2), processIo(packageFolder)).then((exitCode) => {
    process.exitCode = exitCode
  })
} else {
  console.error('pki: error: dist/ is missing\npki: hint: build it with: npm run build')
  process.exitCode = 70
}
