/**
 * The one clock below the command line: a middleware runs inside other people's servers, and nobody there hands it the
 * time of each request. Everything takes the clock as an argument and this one only if none is given.
 */

/** Tells the time. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()
