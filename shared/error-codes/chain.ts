import type { ErrorSection } from './section.ts'

export const chainErrors = {
  title: 'Chain',
  codes: {
    CHAIN_UNREACHABLE: {
      meaning: 'The endpoint does not answer. **Retried.**',
      remedy: 'Check the endpoint and the network.',
    },
    CHAIN_FAILED: {
      meaning: 'The endpoint answered with an error that is neither an outage nor a revert.',
      remedy: 'Read the reason: often too little gas money, or a method that the endpoint does not serve.',
    },
    CHAIN_MALFORMED: {
      meaning: 'The endpoint answered with something that no chain answers.',
      remedy: 'Use another endpoint.',
    },
    CHAIN_REVERTED: {
      meaning:
        'A contract refused, by the name of its custom error. **Retried** only where the error means "too early".',
      remedy:
        "The error's name and arguments say why; the interfaces in `contracts/interfaces/` document each.",
    },
    CHAIN_ID_MISMATCH: {
      meaning: 'An endpoint, named by its host, serves another chain than the deployment file names.',
      remedy: 'Use an endpoint of that chain, or the right file.',
    },
    CHAIN_NOT_DEPLOYED: {
      meaning: "There is no contract at the deployment's address.",
      remedy:
        'The chain was reset, the endpoint is behind, or the file is of another chain with the same id.',
    },
    CHAIN_INCONSISTENT: {
      meaning: 'The endpoint does not show what it has just confirmed. **Retried.**',
      remedy: 'It answers from several nodes; if it persists, use another one.',
    },
    CHAIN_NO_SIGNER: {
      meaning: 'Something was to be sent without a key.',
      remedy: 'A defect in the caller: connect with an account.',
    },
    TRANSACTION_PENDING: {
      meaning: 'No block has taken a transaction yet. It stays in the outbox and is tried on. **Retried.**',
      remedy: 'If it persists, raise `--max-fee` or name more endpoints with `--rpc`.',
    },
    TRANSACTION_EXPIRED: {
      meaning:
        'No block took a transaction before the contract stopped taking it. **Retried** where another try is of use.',
      remedy: 'Raise `--max-fee`, or name more endpoints with `--rpc`.',
    },
    TRANSACTION_REPLACED: {
      meaning: 'Another transaction of the same key took the nonce. **Retried** under the next one.',
      remedy: 'Run one process per key, and send nothing else under it.',
    },
    TRANSACTION_REFUSED: {
      meaning: 'No endpoint takes a transaction. **Retried.**',
      remedy: 'The message quotes the endpoint; use another one with `--rpc`.',
    },
    KEY_UNFUNDED: {
      meaning: 'The key cannot pay for its transactions. **Retried.**',
      remedy: "Send some of the chain's native token to the key's address.",
    },
    COMMITMENT_CONFLICT: {
      meaning: 'Another root is already committed for this miner and window.',
      remedy: 'Run one process per key, with its own journal.',
    },
    SCORES_CONFLICT: {
      meaning: 'Other scores are already committed for this validator and epoch.',
      remedy: 'Run one process per key, with its own journal.',
    },
    OBJECTION_CONFLICT: {
      meaning: 'This validator has objected to the policy with another hash already.',
      remedy: 'Run one process per key.',
    },
    POLICY_REJECTED: {
      meaning: 'Validators stopped the policy, or one that it was built on.',
      remedy: 'Train from the latest policy that stands. The objections say what others got.',
    },
    PARENT_SUPERSEDED: {
      meaning:
        '`discarded update`: before an update was published, another policy became the latest, or its parent was rejected.',
      remedy: 'Nothing: the next update starts from the latest policy.',
    },
    GROUPS_LOST: {
      meaning:
        "`discarded update`: bundles of an update that was interrupted are gone from the learner's store.",
      remedy: 'Nothing, unless the disk loses files.',
    },
    ADMISSION_FAILED: {
      meaning:
        '`set bundle aside`: the learner failed at judging a bundle, or ended three times while it did. Its groups are left out; nothing is held against the miner.',
      remedy: 'Report it with the bundle, whose hash is in the journal: it is a defect of this program.',
    },
    OPTIMIZER_STATE_MISSING: {
      meaning:
        "The learner is to go on from an update whose optimiser's state it has not, and neither its store, the update's publisher nor any `--peer` gives it. **Retried.**",
      remedy: "Put the update's directory back under `--updates`, or name a `--peer` that holds its pieces.",
    },
    UPDATE_WRITE_FAILED: {
      meaning: 'A trained update could not be written. **Retried.**',
      remedy: 'Free the disk or mend the rights; the parent and every earlier update are as they were.',
    },
    POLICY_CONFLICT: {
      meaning: 'The policy is published with other terms already.',
      remedy: 'A manifest can be announced once; make a new checkpoint.',
    },
  },
} as const satisfies ErrorSection
