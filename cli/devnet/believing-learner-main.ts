import { Command } from 'commander'
import { describeFailure, runUntilStopped } from '../lifecycle.ts'
import { learnerSettings } from '../roles/role-settings.ts'
import { startLearner } from '../roles/start-learner.ts'
import { addSettings, readSettings } from '../settings.ts'

/** A learner that checks nothing: everything is the honest program but admission. Only `learn --no-verify` starts it. */
const command = addSettings(new Command('believing-learner'), learnerSettings).action(async () => {
  const values = readSettings(command, learnerSettings, process.env)
  const admission = new URL('./believing-thread.ts', import.meta.url)
  await runUntilStopped((signal) => startLearner(values, signal, admission))
})

try {
  await command.parseAsync()
} catch (error) {
  console.error(describeFailure(error))
  process.exitCode = 1
}
