import type { ErrorSection } from './section.ts'

export const storeErrors = {
  title: 'Stores',
  introduction:
    "A validator that cannot have one miner's bundle records that miner as unavailable and goes on. If it can have nobody's, it abstains for the epoch: the fault is then more likely its own.",
  codes: {
    STORE_NOT_FOUND: {
      meaning: 'The store does not have that bundle.',
      remedy: 'The miner must serve what it committed until the audit is over.',
    },
    STORE_TOO_LARGE: {
      meaning: 'More bytes than the rules allow; the rest was not read.',
      remedy: "The miner's fault.",
    },
    STORE_HASH_MISMATCH: {
      meaning:
        "The bytes are others than their name stands for: a bundle's root, or the sha256 of anything else.",
      remedy: "The server's fault, or a proxy changes bytes.",
    },
    STORE_UNREACHABLE: {
      meaning: 'No answer, or an error status. **Retried** within the fetch.',
      remedy: 'A miner checks `--public-url` from outside its network.',
    },
    STORE_STALLED: {
      meaning: 'The answer stopped, or took longer than allowed.',
      remedy: "The miner's bandwidth, or the validator's.",
    },
    STORE_WRITE_FAILED: {
      meaning: 'A bundle could not be written. **Retried.**',
      remedy: 'Free space, and rights on `--data-dir`.',
    },
    STORE_URI_INVALID: {
      meaning: 'What was announced is not where bundles can lie, or nothing was.',
      remedy: "The miner's fault.",
    },
    STORE_URI_FORBIDDEN: {
      meaning: 'The URI leads to a local file, or to an address that is not public.',
      remedy: 'Right so on a public network; on a devnet use `--allow-private-hosts`.',
    },
    STORE_HASH_INVALID: {
      meaning: 'Not the hash of a bundle.',
      remedy: 'A defect in the caller.',
    },
    HTTP_UNREACHABLE: {
      meaning:
        'A relay or a store cannot be connected to, or broke the connection off; seen as the cause of a `BEACON_…` or `STORE_…` code.',
      remedy: 'Check the address and the network; that code says what it was for.',
    },
    HTTP_STALLED: {
      meaning:
        'A relay or a store fell silent in the middle; seen as the cause of a `BEACON_…` or `STORE_…` code.',
      remedy: 'That code says what it was for, and what to do.',
    },
    HTTP_TIMED_OUT: {
      meaning:
        'A relay or a store took longer than it is given; seen as the cause of a `BEACON_…` or `STORE_…` code.',
      remedy: 'That code says what it was for, and what to do.',
    },
    HTTP_TOO_LARGE: {
      meaning:
        'A relay or a store sends more than can be meant; the rest was not read; seen as the cause of a `BEACON_…` or `STORE_…` code.',
      remedy: 'That code says what it was for, and what to do.',
    },
  },
} as const satisfies ErrorSection
