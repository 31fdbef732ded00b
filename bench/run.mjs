// `npm run bench [-- section…]`: the figures in the README come from here. Sections: startup, engine, revocation, serve,
// authentication.

const sections = {
  startup: async () => (await import('./startup.mjs')).benchStartup(),
  engine: async () => (await import('./engine.mjs')).benchEngine(),
  revocation: async () => (await import('./revocation.mjs')).benchRevocation(),
  hierarchy: async () => (await import('./hierarchy.mjs')).benchHierarchy(),
  authentication: async () => (await import('./authentication.mjs')).benchAuthentication(),
  serve: async () => (await import('./serve.mjs')).benchServe(),
}

const wanted = process.argv.slice(2)
for (const name of wanted) {
  if (!(name in sections)) {
    console.error(`unknown section ${name}; there are ${Object.keys(sections).join(', ')}`)
    process.exit(2)
  }
}
const cpu = (await import('node:os')).cpus()
console.log(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown CPU'}`)
for (const [name, run] of Object.entries(sections)) if (wanted.length === 0 || wanted.includes(name)) await run()
