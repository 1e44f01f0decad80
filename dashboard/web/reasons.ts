/** Reasons for a rejection in a few words; docs/reasons.md has them in full. */
const reasons: Readonly<Record<string, string>> = {
  BUNDLE_TOO_LARGE: 'more bytes than the rules allow',
  BUNDLE_MALFORMED: 'the bundle cannot be read',
  BUNDLE_NOT_CANONICAL: 'not the one encoding that these values have',
  BUNDLE_OUT_OF_BOUNDS: 'a value outside its bounds',
  BUNDLE_OF_ANOTHER_WINDOW: 'made for another window or miner',
  BUNDLE_OF_ANOTHER_POLICY: 'made with another checkpoint',
  ROOT_MISMATCH: 'not what was committed on chain',
  GROUPS_INCOMPLETE: 'a group was left out or answered twice',
  PROMPT_MISMATCH: 'not the problem that was asked',
  TERMINATION_FALSE: 'does not end where it has to',
  TOKEN_NOT_OWED: 'a token is not the one that the drawn number gives',
  SKETCH_MISMATCH: 'the logits are another model’s',
  LOG_PROBABILITY_MISMATCH: 'a declared log-probability is invented',
  REWARD_MISMATCH: 'the claimed reward is not the true one',
}

export function inWords(reason: string): string {
  return reasons[reason] ?? reason
}
