import { Command } from 'commander'
import { z } from 'zod'
import { describeFailure, runUntilStopped } from '../lifecycle.ts'
import { minerSettings } from '../roles/role-settings.ts'
import { startMiner } from '../roles/start-miner.ts'
import { addSettings, readSettings } from '../settings.ts'
import { startForgeEngine } from './adversaries/forge.ts'
import { startShortcutEngine } from './adversaries/shortcut.ts'
import { startStaleEngine } from './adversaries/stale.ts'
import { cheats } from './participants.ts'

/** A miner that cheats: everything is the honest program but the engine. Only the devnet starts it. */
const settings = {
  ...minerSettings,
  behaviour: { value: 'name', describe: 'how to cheat', schema: z.enum(cheats) },
} as const

const engines = { stale: startStaleEngine, forge: startForgeEngine, shortcut: startShortcutEngine }

const command = addSettings(new Command('adversary'), settings).action(async () => {
  const values = readSettings(command, settings, process.env)
  await runUntilStopped((signal) => startMiner(values, signal, engines[values.behaviour]))
})

try {
  await command.parseAsync()
} catch (error) {
  console.error(describeFailure(error))
  process.exitCode = 1
}
