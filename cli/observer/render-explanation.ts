import type { ExplainedCheck, Explanation, TokenDifference } from '../../validator/explain.ts'
import { quote } from '../quote.ts'

/**
 * Text for people; `--json` has the same and more.
 * @param dispute the command that proves the fault on chain
 */
export function renderExplanation(explanation: Explanation, dispute: string | null = null): string {
  const { window, miner, group, rollout, seeds, policy, checks, rejection, difference, text } = explanation
  const { openRound, auditRound } = seeds
  const verdict = rejection ? `rejected, ${rejection.reason}` : 'accepted'
  return [
    `rollout ${window}/${miner}/${group}/${rollout}: ${verdict}`,
    `  ${selectionLine(explanation)}`,
    '',
    `  chain ${seeds.chainId}, subnet ${seeds.subnet}`,
    `  block hash   ${seeds.blockHash}`,
    `  beacon       ${seeds.beacon}`,
    `  open round   ${openRound.round}, verified: ${openRound.randomness}`,
    `  window seed  ${seeds.windowSeed}`,
    `  audit round  ${auditRound.round}, verified: ${auditRound.randomness}`,
    `  audit seed   ${seeds.auditSeed}`,
    `  policy       ${policy.manifestHash} (${policy.profile}, ${policy.kernels})`,
    '',
    ...(text ? [`  prompt      ${quote(text.prompt)}`, `  completion  ${quote(text.completion)}`, ''] : []),
    ...checks.map((check) => renderCheck(check, check.check === rejection?.check)),
    ...(difference ? ['', ...renderDifference(difference)] : []),
    ...(dispute ? ['', `  anybody proves this fault on chain with: ${dispute}`] : []),
  ].join('\n')
}

function selectionLine({ selected, rejection }: Explanation): string {
  if (!selected) return 'its whole bundle is refused: no rollout of it was looked at'
  const { shared, byValidators } = selected
  const own = `the own sample of validator ${byValidators.join(', ')}`
  if (shared)
    return `selected by the beacon for every validator${byValidators.length > 0 ? `, and by ${own}` : ''}`
  if (byValidators.length > 0) return `selected by the beacon in ${own} alone`
  const withoutModel = ['challenge', 'termination', 'reward'].includes(rejection?.check ?? '')
  return `selected by no beacon: only who suspects this miner ran the model on it. ${
    withoutModel ? 'What differs is checked without it, for every rollout' : 'Below is what an audit finds'
  }`
}

function renderCheck({ check, passed, numbers }: ExplainedCheck, decides: boolean): string {
  const mark = passed === null ? 'not reached' : passed ? 'passed' : decides ? 'FAILED, first' : 'failed'
  const shown = Object.entries(numbers).map(([name, value]) => `${name} ${value}`)
  return `  ${check.padEnd(15)} ${mark.padEnd(13)} ${shown.join(', ')}`.trimEnd()
}

function renderDifference({ position, before, owed, given }: TokenDifference): string[] {
  const side = ({ token, text, probability }: TokenDifference['owed']) =>
    `${quote(text)} (token ${token}, probability ${probability})`
  return [
    `  position ${position}, after ${quote(before)}`,
    `    owed   ${side(owed)}`,
    `    given  ${side(given)}`,
  ]
}
