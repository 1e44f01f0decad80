import type { Address, Hex } from 'viem'
import { openPolicies } from '../../model/policy.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { rowDigest } from '../../shared/chain/score-row.ts'
import { SubnetError } from '../../shared/errors.ts'
import { type EvidencePoint, evidenceProof } from '../../shared/protocol/evidence.ts'
import { windowsOf } from '../../shared/protocol/schedule.ts'
import { checkEvidence, type EvidenceFinding } from '../../validator/check-evidence.ts'
import { type Complaint, complaintDigest, complaintOf } from '../../validator/complaint.ts'
import { owedRow, type RecomputedEvidence, recomputeEvidence } from '../../validator/recompute-evidence.ts'
import { isFalseOpening } from '../dispute/false-opening.ts'
import { openKey } from '../keys/open-key.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import type { Values } from '../settings.ts'
import type { observerSettings } from './observer-settings.ts'
import { openObserver } from './open-observer.ts'
import { readOpeningFile } from './read-opening-file.ts'

export interface EvidenceReport {
  readonly validator: number
  readonly epoch: number
  readonly finding: EvidenceFinding
  readonly commitments: readonly RecomputedEvidence[]
  readonly row: { readonly given: readonly number[]; readonly owed: readonly number[] | null }
  /** The first point at fault that lies under the root, with its Merkle path. */
  readonly proof: { readonly point: EvidencePoint; readonly path: readonly Hex[] } | null
  readonly complaint: {
    readonly typedData: Complaint
    readonly digest: Hex
    readonly signer: Address | null
    readonly signature: Hex | null
  } | null
  /** What proves a fault of the opening on chain; null where a contract sees none. */
  readonly dispute: string | null
}

/** @throws SubnetError NOT_REVEALED, and those of chain, beacon, checkpoints and files */
export async function reportEvidence(
  values: Values<typeof observerSettings> & {
    readonly opening: string | undefined
    readonly key: string | undefined
    readonly passwordFile: string | undefined
  },
  { validator, epoch }: { readonly validator: number; readonly epoch: number },
  signal: AbortSignal,
): Promise<EvidenceReport> {
  const observer = await openObserver(values, signal)
  const { chain } = observer
  const opened = values.opening === undefined ? null : readOpeningFile(values.opening)
  const opening = opened?.points ?? null
  const { key, passwordFile } = values
  const account = key === undefined ? null : await openKey({ file: key, passwordFile }, chain.deployment)
  const reveal = (await readReveals(chain, epoch)).find(({ validatorUid }) => validatorUid === validator)
  if (!reveal) {
    throw new SubnetError(
      'NOT_REVEALED',
      `validator ${validator} revealed no scores for epoch ${epoch}: there is no evidence to check. It earned nothing there either.`,
      { details: { validator, epoch } },
    )
  }
  const policies = openPolicies({ checkpoints: checkpointRoots(values), dataset: values.dataset ?? null })
  try {
    const { weights, evidenceRoot } = reveal
    const commitments = await recomputeEvidence(
      { ...observer, policies, allowPrivateHosts: values.allowPrivateHosts },
      { validator, windows: windowsOf(await readSchedule(chain), epoch), weights },
    )
    const claim = { validator, epoch, weights, evidenceRoot, opening }
    const finding = checkEvidence(claim, commitments)
    const isGap = ({ window, miner }: RecomputedEvidence) =>
      finding.gaps.some((gap) => gap.window === window && gap.miner === miner)
    const covered = commitments.filter((pair) => !isGap(pair))
    const row = { given: weights, owed: owedRow(covered, weights.length) }
    const proof = opening && finding.outcome === 'false' ? proofOf(opening, finding) : null
    const typedData = complaintOf(chain.deployment, claim, finding)
    const objectionable = finding.outcome === 'false' || finding.outcome === 'unopened'
    const complaint = objectionable && {
      typedData,
      digest: complaintDigest(typedData),
      signer: account?.address ?? null,
      signature: account ? await account.signTypedData(typedData) : null,
    }
    const dispute =
      opened && (await isFalseOpening(chain, opened, rowDigest(reveal.row)))
        ? `rollproof dispute false-opening ${values.opening}`
        : null
    return { validator, epoch, finding, commitments, row, proof, complaint: complaint || null, dispute }
  } finally {
    await policies.close()
  }
}

function proofOf(opening: readonly EvidencePoint[], { faults }: EvidenceFinding): EvidenceReport['proof'] {
  const point = faults.map((fault) => ('point' in fault ? fault.point : null)).find((found) => found !== null)
  return point ? { point, path: evidenceProof(opening, point) } : null
}
