/**
 * A stopwatch for tests that bound the work of something hostile: it counts the processor time of this process, so that
 * it does not run on while the machine does something else.
 * @returns milliseconds since the call
 */
export function processorTime(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
}
