import { type Setting, type Settings, text } from '../settings.ts'

const described = (of: string) =>
  ({
    value: 'file',
    describe: `file with the password of ${of}, readable by you alone (default: asked on the terminal)`,
    schema: text,
    optional: true,
  }) as const satisfies Setting

/** Of whatever `--key` names. */
export const passwordFile = described('--key')
/** Of a key that is put under a password now. */
export const newPasswordFile = {
  ...passwordFile,
  describe: 'file with the password to put it under, readable by you alone (default: asked on the terminal)',
} as const satisfies Setting
/** Of whatever `--owner-key` names. */
const ownerPasswordFile = described('--owner-key')

export const ownerKeySettings = {
  ownerKey: {
    value: 'file',
    describe: 'keystore of the owner key, which holds the stake and is paid; keep it off the role’s machine',
    schema: text,
  },
  ownerPasswordFile,
} as const satisfies Settings
