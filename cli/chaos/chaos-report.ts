/** What a run came to. Counts are of things that happened, not of things planned. */
export interface ChaosReport {
  readonly seed: number
  readonly roles: readonly string[]
  readonly windows: number
  readonly seconds: number
  /** Faults that took effect. */
  readonly faults: number
  readonly byKind: Readonly<Record<string, number>>
  /** Planned, but what they wait for did not come while they lasted. */
  readonly withoutEffect: number
  /** Blocks taken back: how often how many. */
  readonly reorganised: Readonly<Record<string, number>>
  /** Windows that a role did not do its part in. */
  readonly lost: readonly { readonly window: number; readonly role: string }[]
  readonly voidedEpochs: number
  readonly doubleCommits: readonly string[]
  /** Rollouts of the miners, who are all honest, that validators rejected, by reason; bundles refused included. */
  readonly falseVerdicts: Readonly<Record<string, number>>
  readonly auditedRollouts: number
  /** What validators could not judge, by code. */
  readonly unjudged: Readonly<Record<string, number>>
  readonly recoveryWindows: number
  /** Who had not done their part again when the run ended. */
  readonly notRecovered: readonly string[]
  readonly starts: number
  /** Ends that nobody caused by a kill, by code. */
  readonly exits: Readonly<Record<string, number>>
  /** MiB an hour of each role in the time without faults; empty where there was none. */
  readonly memoryGrowth: Readonly<Record<string, number>>
}

const mostRecoveryWindows = 2

/** The first goal that was missed, in one line; null when all were reached. */
export function firstMissedGoal(report: ChaosReport, wanted: number): string | null {
  const { faults, doubleCommits, falseVerdicts, recoveryWindows, notRecovered } = report
  if (doubleCommits.length > 0) return `committed twice: ${doubleCommits.join('; ')}`
  if (Object.keys(falseVerdicts).length > 0)
    return `honest rollouts were rejected: ${JSON.stringify(falseVerdicts)}`
  if (notRecovered.length > 0) return `never came back: ${notRecovered.join(', ')}`
  if (recoveryWindows > mostRecoveryWindows) {
    return `a role needed ${recoveryWindows} windows to come back, where ${mostRecoveryWindows} are allowed`
  }
  if (faults < wanted) return `${faults} faults took effect, where ${wanted} were asked for`
  return null
}
