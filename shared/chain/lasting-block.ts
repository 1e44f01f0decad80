import type { ChainContext } from './connect.ts'

/** The newest block that is taken for lasting: with those above it, it is as deep as the operator asks for. */
export function lastingBlock({ outbox }: ChainContext, head: bigint): bigint {
  return head - BigInt((outbox?.confirmations ?? 1) - 1)
}
