import { rmSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { openDataDir } from '../devnet/open-data-dir.ts'
import { firstShortfall, type LearnReport } from '../learn/learn-report.ts'
import { type LearnValues, learnSettings } from '../learn/learn-settings.ts'
import { renderLearningPlot } from '../learn/learning-plot.ts'
import { renderReport } from '../learn/render-learning.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { requireWritable } from '../require-writable.ts'
import { addSettings, readSettings } from '../settings.ts'

export function learnCommand(): Command {
  const command = addSettings(new Command('learn'), learnSettings)
    .description('the devnet with a learner: the policy before and after, on problems that it never saw')
    .action(async () => {
      const values = readSettings(command, learnSettings, process.env)
      if (values.report !== undefined) requireWritable(values.report, '--report')
      if (values.plot !== undefined) requireWritable(values.plot, '--plot')
      const dataDir = openDataDir(values.dataDir, 'rollproof-learn-')
      const { runLearn } = await import('../learn/run-learn.ts')
      let report: LearnReport | undefined
      try {
        await runUntilStopped(async (signal) => {
          await runLearn(values, dataDir, signal, (outcome) => {
            report = outcome
            tell(outcome, values)
          })
        })
      } finally {
        const kept = values.dataDir !== undefined || values.keep || report === undefined
        if (kept) console.log(`data and logs are in ${dataDir}`)
        else rmSync(dataDir, { recursive: true, force: true })
      }
      if (!report) console.log('stopped before the end')
      process.exitCode = report && firstShortfall(report) === null ? 0 : 1
    })
  return command
}

function tell(report: LearnReport, { report: file, plot }: LearnValues): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
  if (plot !== undefined) {
    const label = `${report.verified ? 'verified' : 'not verified'}: ${report.miners.join(', ')}`
    const title = `Learning ${report.environment} through the network`
    writeFileSync(plot, renderLearningPlot(title, [{ label, runs: [report.curve] }]))
  }
  console.log(`\n${renderReport(report)}`)
  const shortfall = firstShortfall(report)
  console.log(shortfall === null ? 'the policy improved' : `broken: ${shortfall}`)
}
