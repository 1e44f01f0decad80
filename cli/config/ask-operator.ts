import { SubnetError } from '../../shared/errors.ts'
import { readSetting, type Setting } from '../settings.ts'

/** One question at the terminal; the answer is what the setting reads. @throws SubnetError STOPPED */
export async function askFor(name: string, setting: Setting, initial: string | undefined): Promise<string> {
  const { isCancel, text } = await import('@clack/prompts')
  const answer = await text({
    message: setting.describe,
    ...(initial !== undefined && { initialValue: initial }),
    validate(given) {
      const mistakes: string[] = []
      readSetting(name, setting, given || undefined, mistakes)
      return mistakes[0]
    },
  })
  if (!isCancel(answer)) return answer
  throw new SubnetError('STOPPED', 'stopped before the end; nothing was written')
}

/** One of several, at the terminal. @throws SubnetError STOPPED */
export async function askWhich<Choice extends string>(
  message: string,
  choices: readonly Choice[],
): Promise<Choice> {
  const { isCancel, select } = await import('@clack/prompts')
  const options = choices.map((value) => ({ value: value as string }))
  const answer = await select({ message, options })
  if (!isCancel(answer)) return answer as Choice
  throw new SubnetError('STOPPED', 'stopped before the end; nothing was written')
}
