import { bytesToHex, type Hex, stringToHex } from 'viem'
import { canonicalJson, type Manifest } from '../model/checkpoint/manifest.ts'
import { tokenTableOf } from '../model/tokenizer/token-table.ts'
import type { SatProof } from '../shared/chain/prove-unsatisfied-sat.ts'
import { SubnetError } from '../shared/errors.ts'
import { encodeGroup } from '../shared/protocol/bundle.ts'
import { commitmentTree } from '../shared/protocol/commitment.ts'
import type { Bundle } from '../shared/protocol/rollout.ts'

/**
 * What a contract needs to judge one rollout by itself.
 * @throws SubnetError NOT_DISPUTABLE where the policy names no token table, or the bundle has no such rollout
 */
export function satProofOf(
  bundle: Bundle,
  place: { readonly group: number; readonly rollout: number },
  policy: { readonly manifest: Manifest; readonly tokenizerJson: string },
): SatProof {
  const table = policy.manifest.tokenTable === undefined ? null : tokenTableOf(policy.tokenizerJson)
  if (!table) throw notDisputable('its policy names no token table: no contract can read its tokens')
  const position = bundle.groups.findIndex(({ index }) => index === place.group)
  const group = bundle.groups[position]
  const rollout = group?.rollouts[place.rollout]
  if (!rollout) throw notDisputable(`the bundle has no rollout ${place.group}/${place.rollout}`)
  const tree = commitmentTree(bundle)
  const manifest = canonicalJson(policy.manifest)
  return {
    ...place,
    groupBytes: bytesToHex(encodeGroup(group)),
    proof: tree.getProof(position) as Hex[],
    manifest: stringToHex(manifest),
    tokenTableAt: BigInt(manifest.lastIndexOf('"tokenTable":')),
    texts: [...new Set(rollout.tokens)].map((token) => table.textOf(token)),
  }
}

function notDisputable(why: string): SubnetError {
  return new SubnetError('NOT_DISPUTABLE', `this cannot be proven on chain: ${why}`)
}
