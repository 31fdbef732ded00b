import type { KnownDifference } from './known-differences.ts'
export const certtoolDifferences: readonly KnownDifference[] = []
