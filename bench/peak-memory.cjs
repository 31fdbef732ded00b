// Preloaded into a measured process: writes its peak resident memory in KiB to file descriptor 3 when it ends. Threads
// preload it too, and have the same memory.
if (require('node:worker_threads').isMainThread) {
  process.on('exit', () => require('node:fs').writeSync(3, String(process.resourceUsage().maxRSS)))
}
