import type { ErrorSection } from './section.ts'

export const configurationErrors = {
  title: 'Configuration and keys',
  codes: {
    CONFIG_INVALID: {
      meaning:
        'Flags, variables or the configuration file are wrong. All mistakes are listed together; an unknown name in the file with the nearest known one.',
      remedy:
        'Mend what is listed; `--help` shows every setting, `rollproof config show` where each value comes from.',
    },
    DEPLOYMENT_MISSING: {
      meaning: 'The deployment file cannot be read.',
      remedy: 'Get it from whoever runs the subnet, or deploy one.',
    },
    DEPLOYMENT_MALFORMED: {
      meaning: 'The file is not a deployment file.',
      remedy: 'Copy it again from its source.',
    },
    DEPLOYMENT_DIFFERS: {
      meaning:
        'A stopped deployment is to go on with another key, chain or configuration than it was started with.',
      remedy: 'Complete it with its own settings, or choose another `--out`.',
    },
    DEPLOYMENT_BROKEN: {
      meaning:
        'A stopped deployment cannot go on: the key sent other transactions meanwhile, or a constructor reverted.',
      remedy: 'Start over with another `--out` and a key that does nothing else.',
    },
    DEPLOYMENT_PENDING: {
      meaning: 'Transactions of a stopped deployment are still waiting for a block.',
      remedy: 'Run the same command again later.',
    },
    KEY_UNREADABLE: {
      meaning: 'The key file or the password file cannot be read.',
      remedy: 'Check path and owner; `rollproof keys new FILE` makes a key.',
    },
    KEY_EXPOSED: {
      meaning: 'Others may read the key file or the password file.',
      remedy: '`chmod 600 FILE`; if the machine is shared, make a new key.',
    },
    KEY_MALFORMED: {
      meaning: 'The file holds neither a keystore nor one private key in plain text.',
      remedy: 'Plain text must be `0x` and 64 hex digits, nothing else.',
    },
    KEY_PLAIN: {
      meaning: "A key in plain text, on a chain that is no devnet's.",
      remedy: '`rollproof keys import NEW-FILE --from FILE` puts it under a password.',
    },
    KEYSTORE_MALFORMED: {
      meaning:
        'The file is no Ethereum keystore of version 3, asks for too much work, or holds another key than it says. It was not changed.',
      remedy: 'Restore a copy; a keystore of the beacon chain (version 4) is another thing.',
    },
    PASSWORD_WRONG: {
      meaning: 'The password does not open the keystore, which was not changed.',
      remedy: 'Give the right one; if it is, the file is damaged: restore a copy.',
    },
    PASSWORD_MISSING: {
      meaning:
        'A keystore needs its password, and there is neither a file that names it nor a terminal to ask on.',
      remedy: '`--password-file FILE`, or ROLLPROOF_PASSWORD_FILE.',
    },
    PASSWORD_WEAK: {
      meaning: 'The password of a new keystore has fewer than 8 characters. Nothing was written.',
      remedy: 'Choose a longer one.',
    },
    KEY_NOT_WRITTEN: {
      meaning: 'A new key could not be written. Existing files are never overwritten.',
      remedy: 'Choose another path.',
    },
    HOT_KEY_OF_ANOTHER: {
      meaning: 'The hot key already serves another owner.',
      remedy: 'Make a new hot key.',
    },
    HOT_KEY_UNREGISTERED: {
      meaning: 'The key serves nobody in this role on this subnet.',
      remedy: '`rollproof register`, or give the right `--key`.',
    },
    PORT_IN_USE: {
      meaning: 'Another process listens there.',
      remedy: 'Stop it, or choose another port.',
    },
    LISTEN_FAILED: {
      meaning: 'The address or port cannot be bound.',
      remedy: 'Choose an address of this machine and a port that the user may bind.',
    },
    CONTRACTS_NOT_BUILT: {
      meaning: 'Deployment found no compiled contracts.',
      remedy: '`npm run deploy` compiles them; by hand: `hardhat build`.',
    },
  },
} as const satisfies ErrorSection
