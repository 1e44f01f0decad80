import type { Lie } from './fault.ts'

interface Call {
  readonly id: unknown
  readonly method: string
  readonly params?: readonly unknown[]
}
type Reply = Readonly<Record<string, unknown>>

type RpcLie = Extract<Lie, { of: 'rpc' }>

/** What a lie touches, by the method asked for; any where none is named. */
const touched: Partial<Record<RpcLie['says'], RegExp>> = {
  'later block': /^eth_blockNumber$/,
  'other chain': /^eth_chainId$/,
  'no receipt': /^eth_getTransactionReceipt$/,
}

/** Whether a request's answer would be another. */
export function concernsCalls(lie: RpcLie, calls: readonly Call[]): boolean {
  const pattern = touched[lie.says]
  return pattern === undefined || calls.some(({ method }) => pattern.test(method))
}

/** As asked at an earlier block: what is said of the head is said of that one. */
export function asOfBlock(call: Call, block: bigint): Call {
  const params = call.params?.map((param) =>
    param === 'latest' || param === 'pending' ? `0x${block.toString(16)}` : param,
  )
  return params ? { ...call, params } : call
}

/** @param block what a node that lags takes for its head */
export function falseReply(lie: RpcLie, { method }: Call, reply: Reply, block: bigint | null): Reply {
  if (lie.says === 'no such thing') return { ...reply, result: 'no such thing' }
  if (lie.says === 'other chain' && method === 'eth_chainId') return { ...reply, result: '0x1' }
  if (lie.says === 'no receipt' && method === 'eth_getTransactionReceipt') return { ...reply, result: null }
  if (lie.says === 'later block' && method === 'eth_blockNumber') {
    return { ...reply, result: `0x${(BigInt(String(reply.result)) + BigInt(lie.blocks)).toString(16)}` }
  }
  if (lie.says !== 'earlier block' || block === null) return reply
  if (method === 'eth_blockNumber') return { ...reply, result: `0x${block.toString(16)}` }
  const { blockNumber } = (reply.result ?? {}) as { blockNumber?: string }
  const unseen = method === 'eth_getTransactionReceipt' && blockNumber && BigInt(blockNumber) > block
  return unseen ? { ...reply, result: null } : reply
}

/** Of a relay's answer, as parsed. @param before its answer for the round before */
export function falseBeacon(
  lie: Extract<Lie, { of: 'relay' }>,
  answer: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, unknown>> {
  if (lie.says === 'other genesis' && 'genesis_time' in answer) {
    return { ...answer, genesis_time: Number(answer.genesis_time) + 3600 }
  }
  if (lie.says === 'other round' && 'round' in answer && before) return { ...before, round: answer.round }
  return answer
}
