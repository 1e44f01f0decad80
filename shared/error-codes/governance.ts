import type { ErrorSection } from './section.ts'

export const governanceErrors = {
  title: 'Governance',
  codes: {
    PROPOSAL_UNKNOWN: {
      meaning: 'The governor has no proposal of that id.',
      remedy: '`rollproof govern list` shows all.',
    },
    PROPOSAL_NOT_READY: {
      meaning:
        'The proposal is not in the state that the act needs: voting is not open or over, it did not pass, or the timelock is still closed.',
      remedy: 'The message says what it waits for; `rollproof govern show` says how long.',
    },
    VOTES_NOT_DELEGATED: {
      meaning: "The account's tokens count as no votes, because they were not delegated in time.",
      remedy: '`rollproof govern delegate`; it counts for proposals made later.',
    },
    VOTES_TOO_FEW: {
      meaning: 'Proposing needs more votes than the account has.',
      remedy: 'Ask other holders to delegate to it, or to propose.',
    },
    EPOCHS_MISSING: {
      meaning: 'There is no settled epoch to replay.',
      remedy: 'Wait for the first one.',
    },
    JOURNAL_LACKS: {
      meaning: "A validator's journal has not what a preview of other score coefficients needs.",
      remedy: 'Name the journal of a validator that audited these epochs, or preview fewer.',
    },
    VOTED_ALREADY: {
      meaning: 'The account has voted on the proposal.',
      remedy: 'Nothing: a vote is final.',
    },
  },
} as const satisfies ErrorSection
