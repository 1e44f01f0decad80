import type { ChaosReport } from './chaos-report.ts'

/** What people watch: the faults so far, by what they hit. */
export function renderFaults(byKind: Readonly<Record<string, number>>, wanted: number): string {
  const groups: Record<string, number> = {}
  for (const [kind, count] of Object.entries(byKind)) {
    const group = kind.split(' ')[0]
    groups[group] = (groups[group] ?? 0) + count
  }
  const parts = Object.entries(groups).map(([group, count]) => `${group} ${count}`)
  return `${sum(byKind)} of ${wanted} faults${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`
}

export function renderChaos(report: ChaosReport): string {
  const { windows, roles, lost, recoveryWindows, auditedRollouts, memoryGrowth } = report
  const lines = [
    ...Object.entries(report.byKind)
      .sort()
      .map(([kind, count]) => `${String(count).padStart(5)}  ${kind}`),
    `${String(report.faults).padStart(5)}  faults in ${windows} windows and ${report.seconds.toFixed(0)} s; ${report.withoutEffect} more were planned and met nothing`,
    '',
    `windows lost: ${lost.length} of ${windows * roles.length}${lost.length > 0 ? ` (${lost.map(({ window, role }) => `${role} ${window + 1}`).join(', ')})` : ''}; epochs voided: ${report.voidedEpochs}`,
    `double commits: ${report.doubleCommits.length}`,
    `false verdicts: ${sum(report.falseVerdicts)} of ${auditedRollouts} rollouts audited; left unjudged: ${list(report.unjudged)}`,
    `longest recovery: ${recoveryWindows} windows`,
    `processes started ${report.starts} times; ended by themselves: ${list(report.exits)}`,
    `blocks taken back: ${list(report.reorganised)}`,
  ]
  for (const [role, mib] of Object.entries(memoryGrowth))
    lines.push(`memory of ${role}: ${mib.toFixed(1)} MiB an hour`)
  return lines.join('\n')
}

function list(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([what, count]) => `${what} ×${count}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
