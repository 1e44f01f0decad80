import { Command } from 'commander'
import { SubnetError } from '../../shared/errors.ts'
import { type RoleName, roleNames, roleSpecs } from '../config/role-specs.ts'
import { renderConfig, showConfig } from '../config/show-config.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, collectSettings } from '../settings.ts'

export function configCommand(): Command {
  return new Command('config').description('look at the settings of a role').addCommand(showCommand())
}

function showCommand(): Command {
  const every = { ...roleSpecs.miner, ...roleSpecs.validator, ...roleSpecs.learner, json }
  const command = addSettings(new Command('show'), every)
    .description('what every setting of a role is and where it comes from; ends with 1 where one is wrong')
    .argument('<role>', roleNames.join(', '))
    .addHelpText('after', examples('config show miner --config rollproof.yaml'))
    .action((role: string) => {
      if (!isRole(role)) {
        throw new SubnetError('CONFIG_INVALID', `${role}: must be one of ${roleNames.join(', ')}`)
      }
      const spec = roleSpecs[role]
      const { given, mistakes } = collectSettings(command, { ...spec, json }, process.env)
      const file = command.opts().config ?? process.env.ROLLPROOF_CONFIG
      const settings = showConfig(spec, given, file)
      const text = [renderConfig(settings), ...mistakes.map((mistake) => `wrong: ${mistake}`)].join('\n')
      print(given.json.text === true, { role, settings, mistakes }, text)
      const right = mistakes.length === 0 && settings.every(({ mistake }) => mistake === null)
      process.exitCode = right ? 0 : 1
    })
  return command
}

function isRole(text: string): text is RoleName {
  return Object.hasOwn(roleSpecs, text)
}
