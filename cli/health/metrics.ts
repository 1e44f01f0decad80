import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { EndpointCall } from '../../shared/chain/endpoints.ts'
import type { HealthReport } from './role-health.ts'

type Fields = Readonly<Record<string, unknown>>

export interface Metrics {
  readonly registry: Registry
  /** A line of the role's log: the numbers are those that an operator reads there. */
  hear(message: string, fields: Fields): void
  heard(call: EndpointCall): void
  relayAnswered(call: { readonly relay: string; readonly ms: number; readonly ok: boolean }): void
}

/** Between what one answer of a node near by takes and the time-out of a far one. */
const buckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What became of a transaction, by the line that tells of it. */
const fates: Readonly<Record<string, string>> = {
  'sent transaction': 'sent',
  'raised fee': 'raised',
  'cancelled transaction': 'cancelled',
  'transaction vanished': 'vanished',
  'transaction replaced': 'replaced',
  'transaction expired': 'expired',
  'transaction reverted': 'reverted',
}

/** What a role did in a window or an epoch, by the line that tells of it. */
const parts: Readonly<Record<string, string>> = {
  'committed window': 'committed',
  'missed window': 'missed',
  'collected window': 'collected',
  'committed scores': 'scored',
  'revealed scores': 'revealed',
  abstained: 'abstained',
  'settled epoch': 'settled',
}

/** A role in figures, named and measured as Prometheus asks: base units, `_total` where they only grow. */
export function createMetrics(
  role: string,
  read: { report(): HealthReport; outboxDepth(): number },
): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ role })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name: `rollproof_${name}_total`, help, labelNames: [...labelNames], registers })
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `rollproof_${name}`,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })
  const latency = (name: string, help: string, labelNames: readonly string[]) =>
    new Histogram({
      name: `rollproof_${name}_duration_seconds`,
      help,
      labelNames: [...labelNames],
      buckets,
      registers,
    })

  gauge('healthy', 'Whether the role does its duty.', () => Number(read.report().healthy))
  gauge('ready', 'Whether the role can look at the chain.', () => Number(read.report().ready))
  gauge('head_block', 'Newest block that the role has seen.', () => Number(read.report().head ?? 0))
  gauge('outbox_transactions', 'Transactions that are not final yet.', read.outboxDepth)
  const lastDone = new Gauge({
    name: 'rollproof_last_done',
    help: 'Last window or epoch that the role did its part in.',
    labelNames: ['unit'],
    registers,
    collect() {
      for (const [unit, number] of Object.entries(read.report().lastDone)) this.set({ unit }, number)
    },
  })
  lastDone.reset()

  const taken = counter('parts', 'Windows and epochs, by what the role did in them.', ['part'])
  const failures = counter('duty_failures', 'Failed attempts at a duty.', ['duty', 'code'])
  const transactions = counter('transactions', 'Transactions, by kind and fate.', ['kind', 'fate'])
  const claimed = counter('claimed_tokens', 'Whole tokens claimed.')
  const tokens = counter('generated_tokens', 'Tokens generated for committed windows.')
  const generation = counter('generation_seconds', 'Time spent on generating them.')
  const rollouts = counter('audited_rollouts', 'Audited rollouts, by verdict.', ['verdict'])
  const rejections = counter('rejections', 'Rejected rollouts and bundles, by reason.', ['reason'])
  const unaudited = counter('unaudited', 'Miners’ windows left unaudited, by error code.', ['code'])
  const bundles = counter('bundles', 'Bundles that a learner asked for, by what came of them.', ['status'])
  const training = counter('training_seconds', 'Time spent on taking updates.')
  const rpc = latency('rpc', 'Answers of the chain’s endpoints.', ['endpoint', 'method'])
  const rpcErrors = counter('rpc_errors', 'Exchanges that failed.', ['endpoint', 'method'])
  const relay = latency('relay', 'Answers of the beacon’s relays.', ['relay'])
  const relayErrors = counter('relay_errors', 'Exchanges with a relay that failed.', ['relay'])

  const hear: Metrics['hear'] = (message, fields) => {
    const number = (name: string) => Number(fields[name] ?? 0)
    if (message in parts) taken.inc({ part: parts[message] })
    if (message in fates) transactions.inc({ kind: String(fields.kind), fate: fates[message] })
    if (message === 'failed duty') failures.inc({ duty: String(fields.duty), code: String(fields.code) })
    if (message === 'claimed rewards') claimed.inc(number('amount') / 1e18)
    if (message === 'prepared window') {
      tokens.inc(number('tokens'))
      generation.inc(number('generationMs') / 1000)
    }
    if (message === 'audited miner') {
      rollouts.inc({ verdict: 'accepted' }, number('accepted'))
      rollouts.inc({ verdict: 'rejected' }, number('rejected'))
      for (const [reason, count] of Object.entries((fields.reasons ?? {}) as Record<string, number>)) {
        rejections.inc({ reason }, count)
      }
    }
    if (message === 'left miner unaudited') unaudited.inc({ code: String(fields.code) })
    if (message === 'collected window') {
      for (const status of ['admitted', 'refused', 'unavailable', 'skipped']) {
        bundles.inc({ status }, number(status))
      }
    }
    if (message === 'wrote update') training.inc(number('trainMs') / 1000)
  }

  return {
    registry,
    hear,
    heard({ endpoint, method, ms, ok }) {
      rpc.observe({ endpoint, method }, ms / 1000)
      if (!ok) rpcErrors.inc({ endpoint, method })
    },
    relayAnswered({ relay: name, ms, ok }) {
      relay.observe({ relay: name }, ms / 1000)
      if (!ok) relayErrors.inc({ relay: name })
    },
  }
}
