import { SubnetError } from '../../shared/errors.ts'
import { readPrivateFile } from './private-file.ts'

/** Fewer are guessed, whatever each guess costs. */
const leastCharacters = 8

/**
 * From the file that was named, or else from the person at the terminal, without an echo.
 * @param purpose completes "the password of …"
 * @throws SubnetError KEY_UNREADABLE, KEY_EXPOSED, PASSWORD_MISSING
 */
export async function obtainPassword(purpose: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return readPasswordFile(file)
  return ask(`Password of ${purpose}`, purpose)
}

/**
 * As `obtainPassword`, for a keystore to be made: typed twice, and not too short.
 * @throws SubnetError also PASSWORD_WEAK
 */
export async function choosePassword(purpose: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return requireLength(readPasswordFile(file))
  const first = requireLength(await ask(`New password of ${purpose}`, purpose))
  await ask('The same again', purpose, (again) => (again === first ? undefined : 'not the same'))
  return first
}

function readPasswordFile(path: string): string {
  const password = readPrivateFile(path, 'password file').replace(/\r?\n$/, '')
  if (password !== '') return password
  throw new SubnetError('PASSWORD_MISSING', `the password file ${path} is empty`, { details: { path } })
}

function requireLength(password: string): string {
  if ([...password].length >= leastCharacters) return password
  throw new SubnetError(
    'PASSWORD_WEAK',
    `the password has fewer than ${leastCharacters} characters. Nothing was written.`,
  )
}

async function ask(
  message: string,
  purpose: string,
  validate?: (given: string) => string | undefined,
): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new SubnetError(
      'PASSWORD_MISSING',
      `${purpose} needs its password, and there is no terminal to ask on: give --password-file FILE (mode 600)`,
    )
  }
  const { isCancel, password } = await import('@clack/prompts')
  const given = await password({
    message,
    output: process.stderr,
    validate: (text) => validate?.(text ?? ''),
  })
  if (!isCancel(given)) return given
  throw new SubnetError('STOPPED', 'no password was given; nothing was done')
}
