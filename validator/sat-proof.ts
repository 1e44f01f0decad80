import { bytesToHex, stringToHex } from 'viem'
import { canonicalJson, type Manifest } from '../model/checkpoint/manifest.ts'
import { tokenTableOf } from '../model/tokenizer/token-table.ts'
import type { SatProof } from '../shared/chain/dispute-calls.ts'
import { SubnetError } from '../shared/errors.ts'
import { encodeGroup, type OpenBundle } from '../shared/protocol/bundle.ts'
import { commitmentProof } from '../shared/protocol/commitment.ts'
import type { Group } from '../shared/protocol/rollout.ts'

/**
 * What a contract needs to judge one rollout by itself.
 * @throws SubnetError NOT_DISPUTABLE where the policy names no token table, or the group has no such rollout
 */
export function satProofOf(
  { header, stored }: Pick<OpenBundle, 'header' | 'stored'>,
  group: Group,
  rollout: number,
  policy: { readonly manifest: Manifest; readonly tokenizerJson: string },
): SatProof {
  const table = policy.manifest.tokenTable === undefined ? null : tokenTableOf(policy.tokenizerJson)
  if (!table) throw notDisputable('its policy names no token table: no contract can read its tokens')
  const disputed = group.rollouts[rollout]
  if (!disputed) throw notDisputable(`group ${group.index} has no rollout ${rollout}`)
  const manifest = canonicalJson(policy.manifest)
  return {
    group: group.index,
    rollout,
    groupBytes: bytesToHex(encodeGroup(group)),
    proof: commitmentProof(header, stored, group.index),
    manifest: stringToHex(manifest),
    tokenTableAt: BigInt(manifest.lastIndexOf('"tokenTable":')),
    texts: [...new Set(disputed.tokens)].map((token) => table.textOf(token)),
  }
}

function notDisputable(why: string): SubnetError {
  return new SubnetError('NOT_DISPUTABLE', `this cannot be proven on chain: ${why}`)
}
