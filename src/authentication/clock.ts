/** Tells the time of a request: `() => new Date()` in a server, a fixed one in a test. */
export type Clock = () => Date
