import type { ErrorSection } from './section.ts'

export const observerErrors = {
  title: 'Looking from outside',
  introduction:
    "`explain` and `evidence` read the chain, the relays and the miners' stores like anybody. They send nothing.",
  codes: {
    WINDOW_NOT_CLOSED: {
      meaning: 'The window has no audit round yet, so nobody can know what is audited. **Retried** by hand.',
      remedy: 'Ask again when its commit phase is over.',
    },
    NOT_DISPUTABLE: {
      meaning:
        'No contract can be convinced: there is no fault, it is not one that a contract judges, or what was given does not show it. The message says which.',
      remedy:
        'Complain with `rollproof explain` or `rollproof evidence check` instead; validators refuse to pay for it all the same.',
    },
    ROUND_NOT_ON_CHAIN: {
      meaning:
        'A dispute was only to be tried, and the contract lacks the beacon round from which it derives the problem.',
      remedy: 'Leave `--dry-run` out: the round is submitted first.',
    },
    LEAVES_MALFORMED: {
      meaning: "The file is not a list of a commitment's leaves.",
      remedy: 'Write it as the message says.',
    },
    NOT_COMMITTED: {
      meaning: 'The miner committed nothing to that window.',
      remedy: 'Look at the numbers: WINDOW/MINER/GROUP/ROLLOUT.',
    },
    NOT_IN_BUNDLE: {
      meaning: 'The bundle has no such group or rollout.',
      remedy: 'The message says how many it has.',
    },
    CASE_MALFORMED: {
      meaning: 'The file is not a case, or contradicts itself.',
      remedy: 'Fetch it again: `rollproof explain … --save FILE`.',
    },
    CASE_MISMATCH: {
      meaning: 'The case is of another window, miner, subnet or beacon than was asked for.',
      remedy: 'Name the rollout that the case is of, or the deployment that it is of.',
    },
    NOT_REVEALED: {
      meaning: 'The validator revealed no scores for that epoch.',
      remedy: 'There is nothing to check.',
    },
    EVIDENCE_MISSING: {
      meaning: 'The journal has no evidence for that epoch.',
      remedy: 'Name the journal of the validator that revealed.',
    },
    OPENING_MALFORMED: {
      meaning: 'The file is not an opening of evidence.',
      remedy: 'Ask the validator for what `rollproof evidence open` prints.',
    },
    FILE_UNWRITABLE: {
      meaning: 'A file that was asked for could not be written.',
      remedy: 'Name a path that this user may write to.',
    },
  },
} as const satisfies ErrorSection
