import Table from 'cli-table3'

/** Rollouts of the windows that are compared, ascending. */
export const windowSizes = [128, 512, 1024, 4096] as const

/** Audit rates that are compared: the default, and one for who would rather know than save. */
export const auditRates = [
  { name: 'default', auditRatePpm: 5_000, auditFloor: 12 },
  { name: 'dense', auditRatePpm: 100_000, auditFloor: 8 },
] as const

/** One window under one audit rate, in processor time of one thread. */
export interface CostRow {
  readonly rate: (typeof auditRates)[number]['name']
  readonly rollouts: number
  readonly tokens: number
  /** Rollouts that the forward pass saw: the shared sample and one validator's own. */
  readonly audited: number
  readonly generationMs: number
  readonly verificationMs: number
  /** Of the verification: the audit of the same bundle with nothing selected but one rollout. */
  readonly fixedMs: number
}

export function renderCost(profile: string, rows: readonly CostRow[]): string {
  const table = new Table({
    head: ['audit rate', 'rollouts', 'audited', 'generation ms', 'verification ms', 'of it fixed', 'share'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { rate, rollouts, audited, generationMs, verificationMs, fixedMs } of rows) {
    const found = auditRates.find(({ name }) => name === rate)
    const label = `${rate}: ${(found?.auditRatePpm ?? 0) / 10_000} %, floor ${found?.auditFloor}`
    const share = `${((100 * verificationMs) / generationMs).toFixed(2)} %`
    table.push([
      label,
      rollouts,
      audited,
      ...[generationMs, verificationMs, fixedMs].map((ms) => ms.toFixed(0)),
      share,
    ])
  }
  return `${profile}: one validator's verification of one miner's window against its generation, processor time\n${table.toString()}`
}
