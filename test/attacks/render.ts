import Table from 'cli-table3'
import { type AttackEntry, type AttackReport, faultsOf } from './report.ts'

const columns = ['attack', 'saves or gains', 'caught by', 'differ', 'detected', 'out after', 'pay taken']

/** The report as text: one line an attack, then what went wrong. */
export function renderReport(report: AttackReport): string {
  const peers = peerNames(report)
  const table = new Table({
    head: [...columns, ...peers],
    colAligns: ['left', 'left', 'left', ...new Array<'right'>(4 + peers.length).fill('right')],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    colWidths: [27, 22, 26, 8, 10, 7, 8, ...peers.map(() => 11)],
  })
  for (const entry of report.attacks) table.push(rowOf(entry, peers))
  const faults = faultsOf(report)
  return [
    headline(report),
    table.toString(),
    'differ: share of rollouts that are not the owed ones;',
    'detected: share of rollouts that a full audit rejects; out after: windows at the default audit rate; pay',
    'taken: until then, of what honest work earns in these windows; last columns: share that each peer rejects',
    positionLine(report),
    ...simulationLines(report),
    ...leftOutLines(report),
    faults.length === 0 ? 'every expectation held' : `broken: ${faults.join('; ')}`,
  ].join('\n')
}

/** The same as Markdown, for docs/security.md. */
export function renderMarkdown(report: AttackReport): string {
  const peers = peerNames(report)
  const head = [...columns, ...peers]
  const rows = report.attacks.map((entry) => rowOf(entry, peers))
  const lines = [head, head.map((_, i) => (i < 3 ? '---' : '--:')), ...rows]
  return [
    headline(report),
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...[positionLine(report), ...simulationLines(report), ...leftOutLines(report)].flatMap((line) => [
      line,
      '',
    ]),
    ...remainingLines(report),
  ].join('\n')
}

function headline({ profile, seed, windows, groups, honest }: AttackReport): string {
  const { positions, rollouts, rejected, drift } = honest
  return (
    `profile ${profile}, seed ${seed}, ${windows} windows of ${groups} groups; honest: ${rejected} of ` +
    `${rollouts.toLocaleString('en')} rollouts rejected in ${positions.toLocaleString('en')} positions, largest ` +
    `drift: sampling ${figure(drift.sampling)}, sketch ${figure(drift.sketch)}, log-probability ` +
    `${figure(drift.logProbability)}`
  )
}

function rowOf(entry: AttackEntry, peers: readonly string[]): string[] {
  const { name, gains, caughtBy, detectionPerRollout, windowsToExclusion, incentiveTaken } = entry
  if (entry.kind === 'validator') {
    const proven = caughtBy === 'evidence' ? share(detectionPerRollout) : '–'
    const stopped = caughtBy ?? 'nothing'
    return [name, gains, stopped, '–', proven, '–', share(incentiveTaken), ...peers.map(() => '–')]
  }
  return [
    name,
    gains,
    caughtBy ?? 'nothing',
    entry.differing === null ? '–' : share(entry.differing),
    share(detectionPerRollout),
    windowsToExclusion === null ? 'never' : String(windowsToExclusion),
    share(incentiveTaken),
    ...peers.map((peer) => (entry.peers[peer] === undefined ? '–' : share(entry.peers[peer]))),
  ]
}

function simulationLines({ simulation, attacks }: AttackReport): string[] {
  const honest = simulation.honest.map(
    ({ rate, minerWindows, falseExclusions }) =>
      `Simulated honest miners that violate at ${figure(rate)} a position: ${falseExclusions} excluded in ` +
      `${minerWindows.toLocaleString('en')} windows.`,
  )
  const slowest = attacks
    .filter(({ simulation: life, caughtBy }) => life && caughtBy && (life.windows.p99 ?? Infinity) > 1)
    .map(({ name, simulation: life }) => {
      const { median, p95, p99 } = life?.windows ?? {}
      return `${name} ${median ?? '> 20'} / ${p95 ?? '> 20'} / ${p99 ?? '> 20'}`
    })
  const others = `Simulated windows until exclusion, median / 95 % / 99 % of attackers: ${slowest.join('; ')}`
  return [
    ...honest,
    slowest.length > 0 ? `${others}; all others 1.` : 'Every simulated attacker is out after 1 window.',
  ]
}

/** How much of one position is needed to tell another model: every position sketched and compared. */
function positionLine({ attacks }: AttackReport): string {
  const models = attacks.filter(({ kind }) => kind === 'model')
  const shares = models.map(({ name, detectionPerPosition }) => `${name} ${share(detectionPerPosition ?? 0)}`)
  return `Share of single positions that tell another model: ${shares.join('; ')}.`
}

function leftOutLines({ leftOut }: AttackReport): string[] {
  const reasons = [...new Set(leftOut.map(({ why }) => why))]
  return reasons.map((reason) => {
    const names = leftOut.filter(({ why }) => why === reason).map(({ name }) => name)
    return `Left out, since ${reason}: ${names.join('; ')}.`
  })
}

/** What no check stops, with what it earns. */
function remainingLines({ attacks }: AttackReport): string[] {
  const remaining = attacks.filter(({ caughtBy, kind }) => caughtBy === null && kind !== 'validator')
  const favoured = attacks.flatMap(({ name, validator }) => (validator ? [{ name, ...validator }] : []))
  const unstopped = remaining.map(({ name, incentiveTaken, payUnchecked, simulation }) => {
    const expected = simulation && simulation.neverExcluded < 1 ? share(simulation.expectedPay) : '–'
    const unseen = payUnchecked === null ? '–' : share(payUnchecked)
    return `| ${name} | ${share(incentiveTaken)} | ${unseen} | ${expected} |`
  })
  const favours = favoured.map(({ name, dividendTaken, victimLoses, friendGains, bothNet, evidence }) => {
    const figures = [dividendTaken, victimLoses, friendGains, bothNet].map(share)
    return `| ${[name, ...figures, Object.keys(evidence).join(', ')].join(' | ')} |`
  })
  const tables = [
    [
      '| attack that no check stops | pay taken | one window that nobody looks at | expected over 20 windows |',
      '| --- | --: | --: | --: |',
      ...unstopped,
    ],
    [
      '| validator attack, a quarter of the stake | dividend | victim loses | friend gains | both net | evidence |',
      '| --- | --: | --: | --: | --: | --- |',
      ...favours,
    ],
  ]
  return tables.filter(({ length }) => length > 2).flatMap((table, i) => (i > 0 ? ['', ...table] : table))
}

function peerNames({ attacks }: AttackReport): string[] {
  return [...new Set(attacks.flatMap(({ peers }) => Object.keys(peers)))]
}

function share(value: number): string {
  const shown = value.toFixed(3)
  return value > 0.9995 && value < 1 ? '> 0.999' : shown
}

function figure(value: number): string {
  return value === 0 ? '0' : value.toExponential(1)
}
