import { rmSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { type ChaosReport, firstMissedGoal } from '../chaos/chaos-report.ts'
import { chaosSettings } from '../chaos/chaos-settings.ts'
import { renderChaos } from '../chaos/render-chaos.ts'
import { openDataDir } from '../devnet/open-data-dir.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { requireWritable } from '../require-writable.ts'
import { addSettings, readSettings } from '../settings.ts'

export function chaosCommand(): Command {
  const command = addSettings(new Command('chaos'), chaosSettings)
    .description('a devnet in which processes, chain, beacon, stores, disks and clocks fail all the time')
    .action(async () => {
      const values = readSettings(command, chaosSettings, process.env)
      if (values.report !== undefined) requireWritable(values.report, '--report')
      const dataDir = openDataDir(values.dataDir, 'rollproof-chaos-')
      const { runChaos } = await import('../chaos/run-chaos.ts')
      let report: ChaosReport | undefined
      let missed: string | null = 'stopped before the end'
      try {
        await runUntilStopped(async (signal) => {
          report = await runChaos(values, dataDir, signal)
          missed = firstMissedGoal(report, values.faults)
        })
      } finally {
        const kept = values.dataDir !== undefined || missed !== null
        if (kept) console.log(`data and logs are in ${dataDir}`)
        else rmSync(dataDir, { recursive: true, force: true })
      }
      if (report) {
        if (values.report !== undefined) writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
        console.log(`\n${renderChaos(report)}`)
      }
      console.log(missed === null ? 'every goal was reached' : `broken: ${missed}`)
      process.exitCode = missed === null ? 0 : 1
    })
  return command
}
