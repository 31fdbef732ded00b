/**
 * What tests take from the machine when they bring nothing along: clock and randomness. Test frameworks call the
 * library as the command line does, from outside, and so this is, beside `cli/`, the one place that asks for either.
 */

import { randomBytes } from 'node:crypto'

export const machineClock = (): Date => new Date()

export const machineRandom = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
