import { Command } from 'commander'
import { z } from 'zod'
import { roleNames } from '../config/role-specs.ts'
import type { Finding } from '../doctor/finding.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { minerSettings, roleSettings } from '../roles/role-settings.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const { listen, publicUrl, engine, engineUrl, enginePython, device } = minerSettings

const settings = {
  role: {
    value: 'role',
    describe: roleNames.join(', '),
    schema: z.enum(roleNames, { error: `must be one of ${roleNames.join(', ')}` }),
  },
  ...roleSettings,
  listen,
  publicUrl,
  engine,
  engineUrl,
  enginePython,
  device,
  json,
} as const satisfies Settings

export function doctorCommand(): Command {
  const command = addSettings(new Command('doctor'), settings)
    .description(
      'look at everything that a role rests on, and say what to mend; changes nothing; ends with 1 where something fails',
    )
    .addHelpText('after', examples('doctor --config rollproof.yaml'))
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      // Loaded only here: a model's checkpoint is nothing that other commands need at their start.
      const [{ examine }, { thisMachine }] = await Promise.all([
        import('../doctor/examine.ts'),
        import('../doctor/machine.ts'),
      ])
      const findings = await examine(values, thisMachine)
      print(values.json, findings, findings.map(renderFinding).join('\n'))
      process.exitCode = findings.some(({ outcome }) => outcome === 'fail') ? 1 : 0
    })
  return command
}

function renderFinding({ check, outcome, found, fix }: Finding): string {
  const line = `${outcome.padEnd(4)}  ${check.padEnd(11)}  ${found}`
  return fix === null ? line : `${line}\n${' '.repeat(19)}→ ${fix}`
}
