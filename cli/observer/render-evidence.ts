import type { EvidenceFault, EvidenceOutcome } from '../../validator/check-evidence.ts'
import type { EvidenceReport } from './check-evidence.ts'

const meanings: Readonly<Record<EvidenceOutcome, string>> = {
  true: 'the root is what this validator owes',
  gaps: 'what it shows is right, but some windows of miners that it pays are not covered',
  false: 'the evidence is false',
  unopened: 'the root differs from the one recomputed here; ask the validator for its opening',
  undecided: 'not enough could be recomputed here to say',
}

/** Text for people; `--json` has everything. */
export function renderEvidence(report: EvidenceReport): string {
  const { validator, epoch, finding, commitments, row, proof, complaint, dispute } = report
  const lines = [
    `validator ${validator}, epoch ${epoch}: ${finding.outcome}, ${meanings[finding.outcome]}`,
    `  root revealed    ${finding.claimedRoot}`,
    `  root recomputed  ${finding.owedRoot ?? 'unknown'}`,
    ...(finding.openingRoot ? [`  root of opening  ${finding.openingRoot}`] : []),
    ...commitments.map(({ window, miner, points, why }) => {
      const shown = points ? `${points.length} points owed` : 'not recomputed'
      return `  window ${window}, miner ${miner}: ${shown}${why ? ` (${why})` : ''}`
    }),
    ...finding.gaps.map(({ window, miner }) => `  gap: window ${window}, miner ${miner}`),
    ...finding.faults.map((fault) => `  fault: ${describeFault(fault)}`),
    ...rowLines(row),
  ]
  if (proof)
    lines.push(`  first false point ${JSON.stringify(proof.point)}`, ...proof.path.map((at) => `    ${at}`))
  if (dispute) lines.push('', `its signed opening is false, which anybody proves on chain with: ${dispute}`)
  if (!complaint) return lines.join('\n')
  return [
    ...lines,
    '',
    `complaint (EIP-712) ${complaint.digest}`,
    complaint.signature
      ? `  signed by ${complaint.signer}: ${complaint.signature}`
      : '  unsigned: give --key FILE to sign it',
    'What can be shown on chain today: the commitments, the reveal with this root, both beacon rounds, and with an',
    'opening that a point lies under the root (MerkleProof). That its sketch is false takes a forward pass, which no',
    'contract does: nothing is slashed by this complaint. Send it to whoever delegates to, or settles with, this',
    'validator; `--json` has all that is needed to check it again.',
  ].join('\n')
}

function describeFault(fault: EvidenceFault): string {
  switch (fault.kind) {
    case 'weight-without-evidence':
      return `miner ${fault.miner} is given weight ${fault.weight}, and nothing shows that it was audited`
    case 'root-not-owed':
      return 'this policy gives one number on every machine, and this is not its root'
    case 'sketch-wrong':
      return `${place(fault.point)}: ${fault.point.sketch.join(' ')} instead of ${fault.owed.sketch.join(' ')}`
    case 'point-missing':
      return `${place(fault.owed)}: missing`
    default:
      return `${place(fault.point)}: ${fault.kind === 'point-not-owed' ? 'not owed' : 'given twice'}`
  }
}

type Place = { window: number; miner: number; group: number; rollout: number; position: number }
const place = ({ window, miner, group, rollout, position }: Place) =>
  `${window}/${miner}/${group}/${rollout}, position ${position}`

function rowLines({ given, owed }: EvidenceReport['row']): string[] {
  if (!owed) return ['  row not recomputed']
  const differing = given.flatMap((weight, miner) =>
    weight === owed[miner] ? [] : [`  row: miner ${miner} has ${weight}; these audits give ${owed[miner]}`],
  )
  if (differing.length === 0) return ['  row as these audits give it']
  return [...differing, '  (a validator that suspects a miner audits all of it, and may then pay it less)']
}
