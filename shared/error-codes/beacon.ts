import type { ErrorSection } from './section.ts'

export const beaconErrors = {
  title: 'Beacon',
  introduction: 'There is no fallback randomness: a beacon that is late or wrong stops the window.',
  codes: {
    BEACON_UNAVAILABLE: {
      meaning: 'No relay gave the round in time. **Retried.**',
      remedy: 'Check the network; name more relays with `--relay`.',
    },
    BEACON_INVALID: {
      meaning:
        'What a relay serves is not this round of the pinned chain: its signature or its chain info is false.',
      remedy: 'Remove that relay. If every relay does it, the deployment file may pin another chain.',
    },
    BEACON_RELAY_FAILED: {
      meaning: 'One relay failed; the next one is asked. **Retried.**',
      remedy: 'Nothing, unless every relay does.',
    },
    BEACON_RELAYS_INVALID: {
      meaning: 'No relay is configured, or one is no http(s) URL.',
      remedy: 'Name at least one, better three of different operators.',
    },
    BEACON_ROUND_INVALID: {
      meaning: 'A round below 1 was asked for.',
      remedy: 'A defect in the caller; round 0 would mean "latest".',
    },
    BEACON_CHAIN_INVALID: {
      meaning: 'The pinned chain info contradicts itself.',
      remedy: 'Copy all of it again from a source that you trust.',
    },
    BEACON_MISMATCH: {
      meaning: 'The deployment file pins another beacon than the contract verifies against.',
      remedy: 'Get the file again from whoever runs the subnet.',
    },
    BEACON_KEY_INVALID: {
      meaning: 'A devnet beacon was given no BLS12-381 secret key.',
      remedy: '32 bytes, not zero.',
    },
    BEACON_CONFIG_INVALID: {
      meaning: 'The devnet beacon’s configuration is wrong.',
      remedy: 'The message names the field.',
    },
    BEACON_CONFIG_UNREADABLE: {
      meaning: 'The devnet beacon’s configuration cannot be read.',
      remedy: 'The message names the file: check path and owner.',
    },
    BEACON_CONFIG_EXPOSED: {
      meaning: 'Others may read the devnet beacon’s configuration, which holds its key.',
      remedy: '`chmod 600 FILE`, the one that the message names.',
    },
    BEACON_CRASHED: {
      meaning: 'The devnet beacon ended for a reason of its own.',
      remedy: 'The message carries it; please report it.',
    },
  },
} as const satisfies ErrorSection
