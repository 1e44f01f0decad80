import { decodeFunctionData, type Hex, parseTransaction } from 'viem'
import { rolloutLogAbi, scoreBookAbi } from '../../shared/chain/abi.ts'
import type { Deployment } from '../../shared/chain/deployment.ts'

/** A commitment that left a role, whether or not it ever came into a block. */
export interface SignedCommitment {
  readonly role: string
  readonly kind: 'root' | 'scores'
  /** Window or epoch. */
  readonly of: string
  readonly commits: Hex
  /**
   * What a root answers, as the miner's journal has it: a window that opened anew has another seed and is owed another
   * answer. Null where the journal does not know the root, and for scores.
   */
  readonly opening: string | null
}

/** Commitments among the calls of a JSON-RPC request. */
export function commitmentsIn(
  body: Buffer,
  { contracts }: Deployment,
): Pick<SignedCommitment, 'kind' | 'of' | 'commits'>[] {
  if (!body.includes('eth_sendRawTransaction')) return []
  const calls: { method: string; params: [Hex] }[] = [JSON.parse(`${body}`)].flat()
  return calls.flatMap(({ method, params }): Pick<SignedCommitment, 'kind' | 'of' | 'commits'>[] => {
    if (method !== 'eth_sendRawTransaction') return []
    const { to, data } = parseTransaction(params[0])
    if (!data || !to) return []
    if (to.toLowerCase() === contracts.rolloutLog.toLowerCase()) {
      const call = decodeFunctionData({ abi: rolloutLogAbi, data })
      if (call.functionName !== 'commitRoot') return []
      const [window, root] = call.args
      return [{ kind: 'root', of: String(window), commits: root }]
    }
    if (to.toLowerCase() !== contracts.scoreBook.toLowerCase()) return []
    const call = decodeFunctionData({ abi: scoreBookAbi, data })
    if (call.functionName !== 'commit') return []
    const [epoch, hash] = call.args
    return [{ kind: 'scores', of: String(epoch), commits: hash }]
  })
}

/**
 * Two different commitments of one role to the same: what a role must never sign, whatever happens to it. A root that
 * its own journal does not know was signed before it was written down, and counts as well.
 */
export function findDoubleCommits(signed: readonly SignedCommitment[]): string[] {
  const first = new Map<string, Hex>()
  const found = new Set<string>()
  for (const { role, kind, of, commits, opening } of signed) {
    const what = `${role}, ${kind} of ${of}`
    if (kind === 'root' && opening === null) found.add(`${what}: ${commits} is not in the journal`)
    const key = `${what}, ${opening}`
    const known = first.get(key) ?? commits
    if (known !== commits) found.add(`${what}: ${known} and ${commits}`)
    first.set(key, known)
  }
  return [...found]
}
