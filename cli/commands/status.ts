import { Command } from 'commander'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { print } from '../print.ts'
import { journalPath } from '../roles/journal-path.ts'
import { roleSettings } from '../roles/role-settings.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'
import { askHealth } from '../status/ask-health.ts'
import { isRunning } from '../status/is-running.ts'
import { readStatus } from '../status/read-status.ts'
import { renderStatus } from '../status/render-status.ts'
import { findIdentity } from '../transact/find-identity.ts'
import { identitySettings } from '../transact/transact-settings.ts'

const settings = {
  ...observerSettings,
  ...identitySettings,
  dataDir: roleSettings.dataDir,
  healthHost: roleSettings.healthHost,
  metricsPort: roleSettings.metricsPort,
  why: {
    describe:
      'say why it earned what it did, with the command that proves it; a miner that earned nothing is audited again',
  },
  json,
} as const satisfies Settings

export function statusCommand(): Command {
  const command = addSettings(new Command('status'), settings)
    .description(
      'an identity, its stake, its last windows and epochs, what it is owed, and whether it runs here and does its duty',
    )
    .addHelpText('after', examples('status --config rollproof.yaml', 'status --config rollproof.yaml --why'))
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      const deployment = readDeployment(values.deployment)
      const chain = await connect({ rpcUrl: values.rpc, deployment })
      const identity = await findIdentity(chain, values)
      const status = await readStatus(chain, identity)
      const running = isRunning(journalPath(values.dataDir, deployment, identity.role, identity.uid))
      const where = { host: values.healthHost, port: values.metricsPort }
      const health = running ? await askHealth(where, identity.hotKey) : null
      await runUntilStopped(async (signal) => {
        // Loaded only here: the model's runtime is nothing that a plain status needs.
        const reasons = values.why
          ? await (await import('../status/find-reasons.ts')).findReasons(values, status, signal)
          : null
        const here = { running, health }
        print(values.json, { ...status, ...here, reasons }, renderStatus(status, here, reasons))
      })
    })
  return command
}
