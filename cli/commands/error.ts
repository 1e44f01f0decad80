import { Command } from 'commander'
import { errorSections, explainCode } from '../../shared/error-codes/catalogue.ts'
import { SubnetError } from '../../shared/errors.ts'
import { nearestSetting } from '../config/known-settings.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const settings = { json } as const satisfies Settings

export function errorCommand(): Command {
  const command = addSettings(new Command('error'), settings)
    .description('what an error code means, and what to do')
    .argument('<code>', 'as printed before the colon, or in the field `code` of a log')
    .addHelpText('after', examples('error CHAIN_ID_MISMATCH'))
    .action((given: string) => {
      const values = readSettings(command, settings, process.env)
      const code = given.toUpperCase()
      const explained = explainCode(code)
      if (!explained) throw unknown(code)
      const [meaning, remedy] = [explained.meaning, explained.remedy].map(plain)
      print(values.json, { code, meaning, remedy }, `${code}\n  means  ${meaning}\n  to do  ${remedy}`)
    })
  return command
}

function unknown(code: string): SubnetError {
  const near = nearestSetting(
    code,
    errorSections.flatMap(({ codes }) => Object.keys(codes)),
  )
  const hint = near
    ? `did you mean ${near}?`
    : 'docs/errors.md has all, docs/reasons.md why bundles are rejected'
  return new SubnetError('CONFIG_INVALID', `${code} is no error code; ${hint}`, { details: { code } })
}

/** Markdown without what only a renderer makes use of. */
function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('**', '')
}
