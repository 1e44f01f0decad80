import {
  custom,
  type Hex,
  parseTransaction,
  size,
  type TransactionSerialized,
  type Transport,
  toFunctionSelector,
} from 'viem'
import {
  drandBeaconAbi,
  rewardVaultAbi,
  rolloutLogAbi,
  scoreBookAbi,
  settlementAbi,
} from '../../shared/chain/abi.ts'

/** A JSON-RPC endpoint: of a chain in this process. */
export type Rpc = (method: string, params?: readonly unknown[]) => Promise<unknown>

/** Everything that was sent of one kind. */
export interface Sent {
  readonly count: number
  readonly gas: number
  /** In the node, from the signed transaction to its block. */
  readonly ms: number
  /** Calldata. */
  readonly bytes: number
}

/** What one actor asked of the chain. */
export interface Asked {
  readonly requests: number
  /** Of the answers, as JSON. */
  readonly bytes: number
}

/** Counts at the door of the chain, so that nothing that a role does there is missed. */
export interface Meter {
  transport(actor: string): Transport
  askedBy(actor: string): Asked
  /** By the contract's function. */
  sent(): Promise<Record<string, Sent>>
}

interface Transaction {
  readonly hash: Hex
  readonly kind: string
  readonly ms: number
  readonly bytes: number
}

export function createMeter(rpc: Rpc): Meter {
  const asked = new Map<string, { requests: number; bytes: number }>()
  const transactions: Transaction[] = []
  const of = (actor: string) => {
    const known = asked.get(actor) ?? { requests: 0, bytes: 0 }
    asked.set(actor, known)
    return known
  }
  const request = async (actor: string, method: string, params: readonly unknown[]) => {
    const startedMs = performance.now()
    const result = await rpc(method, params)
    const ms = performance.now() - startedMs
    const count = of(actor)
    count.requests++
    count.bytes += JSON.stringify(result)?.length ?? 0
    if (method === 'eth_sendRawTransaction') {
      const { data = '0x' } = parseTransaction(params[0] as TransactionSerialized)
      const kind = names.get(data.slice(0, 10)) ?? 'other'
      transactions.push({ hash: result as Hex, kind, ms, bytes: size(data) })
    }
    return result
  }
  return {
    transport: (actor) =>
      custom({ request: ({ method, params }) => request(actor, method, params ?? []) }, { retryCount: 0 }),
    askedBy: (actor) => of(actor),
    async sent() {
      const kinds: Record<string, Sent> = {}
      for (const { hash, kind, ms, bytes } of transactions) {
        const { gasUsed } = (await rpc('eth_getTransactionReceipt', [hash])) as { gasUsed: Hex }
        const before = kinds[kind] ?? { count: 0, gas: 0, ms: 0, bytes: 0 }
        kinds[kind] = {
          count: before.count + 1,
          gas: before.gas + Number(gasUsed),
          ms: before.ms + ms,
          bytes: before.bytes + bytes,
        }
      }
      return kinds
    },
  }
}

const names = new Map<string, string>(
  [rolloutLogAbi, drandBeaconAbi, scoreBookAbi, settlementAbi, rewardVaultAbi].flatMap((abi) =>
    abi.flatMap((item) => (item.type === 'function' ? [[toFunctionSelector(item), item.name] as const] : [])),
  ),
)
