import { Command } from 'commander'
import { dashboardSettings } from '../dashboard/dashboard-settings.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { addSettings, readSettings } from '../settings.ts'

export function dashboardCommand(): Command {
  const command = addSettings(new Command('dashboard'), dashboardSettings)
    .description(
      'a page that shows the network live: windows, miners, verdicts, weights, learning, proposals',
    )
    .action(async () => {
      const values = readSettings(command, dashboardSettings, process.env)
      // Loaded only here: bundler and model are nothing that other commands need at their start.
      const { startDashboard, exportPage } = await import('../dashboard/start-dashboard.ts')
      await runUntilStopped(async (signal) => {
        if (values.export !== undefined) return exportPage(values, values.export, signal)
        await startDashboard(values, signal, (url) =>
          console.log(process.stdout.isTTY ? `dashboard: ${url}` : JSON.stringify({ event: 'ready', url })),
        )
      })
    })
  return command
}
