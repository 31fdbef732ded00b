/** The time for which a server answers, which may be another one than the present. */

export interface Moment {
  readonly at: Date
  /** It is not the present: nothing that is made for it goes into the store. */
  readonly isBorrowed: boolean
  /** It was named by one request and holds for that one only. */
  readonly isSingle: boolean
}

/** CRLs and OCSP responses count in seconds. */
export function wholeSecond(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000)
}
