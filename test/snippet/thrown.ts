/** What a call throws. @throws Error if it throws nothing */
export function errorOf(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('it threw nothing')
}
