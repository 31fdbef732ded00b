/** The time of a request. A middleware stands at the edge, as the command line does: here a clock may be read. */

/** Tells what time it is: fixed in a test. */
export type Clock = () => Date

/** The present time. */
export const systemClock: Clock = () => new Date()
