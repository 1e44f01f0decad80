import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../../cli/health/metrics.ts'
import { followHealth } from '../../../../cli/health/role-health.ts'
import { serveHealth } from '../../../../cli/health/serve-health.ts'
import { watchRelays } from '../../../../cli/health/watch-relays.ts'
import { getBounded } from '../../../../shared/http/get-bounded.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'

const root = new URL('../../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

function start() {
  const health = followHealth(fakeClock())
  const metrics = createMetrics('miner', { report: health.report, outboxDepth: () => 2 })
  return { health, metrics }
}

describe('metrics', () => {
  it('count what the log tells', async () => {
    const { health, metrics } = start()
    health.beat(41n)
    metrics.hear('prepared window', { window: 3, tokens: 500, generationMs: 2000 })
    metrics.hear('audited miner', { accepted: 7, rejected: 2, reasons: { SKETCH_MISMATCH: 2 } })
    metrics.hear('sent transaction', { kind: 'commit root', of: '3' })
    metrics.hear('failed duty', { duty: 'mine', code: 'BEACON_UNAVAILABLE', failures: 1 })
    metrics.hear('claimed rewards', { amount: 3n * 10n ** 18n })
    metrics.heard({ endpoint: 'node:8545', method: 'eth_call', ms: 30, ok: false })
    const lines = (await metrics.registry.metrics()).split('\n')
    for (const line of [
      'rollproof_generated_tokens_total{role="miner"} 500',
      'rollproof_generation_seconds_total{role="miner"} 2',
      'rollproof_audited_rollouts_total{verdict="accepted",role="miner"} 7',
      'rollproof_rejections_total{reason="SKETCH_MISMATCH",role="miner"} 2',
      'rollproof_transactions_total{kind="commit root",fate="sent",role="miner"} 1',
      'rollproof_duty_failures_total{duty="mine",code="BEACON_UNAVAILABLE",role="miner"} 1',
      'rollproof_claimed_tokens_total{role="miner"} 3',
      'rollproof_rpc_errors_total{endpoint="node:8545",method="eth_call",role="miner"} 1',
      'rollproof_outbox_transactions{role="miner"} 2',
      'rollproof_head_block{role="miner"} 41',
      'rollproof_healthy{role="miner"} 1',
    ]) {
      expect(lines).toContain(line)
    }
  })

  it('follow the conventions for names and units', async () => {
    for (const { name, type, help } of await start().metrics.registry.getMetricsAsJSON()) {
      expect(help).not.toBe('')
      if (!name.startsWith('rollproof_')) continue
      expect(name).toMatch(/^[a-z][a-z_]*$/)
      expect(name.endsWith('_total')).toBe(String(type) === 'counter')
      expect(name).not.toMatch(/_(ms|milliseconds|kb|percent)(_|$)/)
    }
  })

  it('listen for lines that are written somewhere', () => {
    const sources = ['miner', 'validator', 'learner', 'shared'].flatMap((folder) =>
      readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => read(`${folder}/${name}`)),
    )
    const written = sources.join('\n')
    const heard = ['cli/health/metrics.ts', 'cli/health/role-health.ts'].flatMap((path) => {
      const text = read(path)
      return [
        ...[...text.matchAll(/message === '([^']+)'/g)].map(([, message]) => message),
        ...[...text.matchAll(/^ {2}'?([a-z][a-z ]+)'?: '[a-z]+',$/gm)].map(([, message]) => message),
      ]
    })
    expect(heard.length).toBeGreaterThan(15)
    expect(heard.filter((message) => !written.includes(`'${message}'`))).toEqual([])
  })
})

describe('docs/grafana.json', () => {
  const board = read('docs/grafana.json')

  it('shows every metric of ours, and none that does not exist', async () => {
    const metrics = await start().metrics.registry.getMetricsAsJSON()
    const known = metrics.map(({ name }) => name)
    const panels = (JSON.parse(board) as { panels: { targets: { expr: string }[] }[] }).panels
    const used = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/\b(?:rollproof|process|nodejs)_[a-z0-9_]+/g) ?? []),
    )
    const names = new Set(used.map((name) => name.replace(/_(bucket|sum|count)$/, '')))
    expect([...names].filter((name) => !known.includes(name))).toEqual([])
    const own = known.filter((name) => name.startsWith('rollproof_'))
    expect(own.filter((name) => !names.has(name))).toEqual([])
  })
})

const role = { role: 'miner', key: '0x00000000000000000000000000000000000000aa' } as const

describe('the health server', () => {
  it('answers 200 or 503 and why, and metrics, to GET alone', async () => {
    const { health, metrics } = start()
    const server = await serveHealth({ host: '127.0.0.1', port: 0 }, { role, report: health.report, metrics })
    try {
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
      health.beat(1n)
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
      health.hear('missed window', { window: 4, why: 'the deadline passed' })
      const answer = await fetch(`${server.url}/healthz`)
      expect(answer.status).toBe(503)
      expect(await answer.json()).toMatchObject({ complaints: [{ code: 'WINDOW_MISSED', window: 4 }] })
      const text = await fetch(`${server.url}/metrics`)
      expect(text.headers.get('content-type')).toContain('text/plain')
      expect(await text.text()).toContain('rollproof_healthy{role="miner"} 0')
      expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(405)
      expect((await fetch(`${server.url}/etc/passwd`)).status).toBe(404)
    } finally {
      await server.close()
    }
  })
})

describe('watching relays', () => {
  it('times what a relay answers, and nobody else', async () => {
    const relay = await serveOnLoopback((request, response) => {
      response.statusCode = request.url === '/late' ? 404 : 200
      response.end('{}')
    })
    const stranger = await serveOnLoopback((_, response) => response.end('{}'))
    const heard: { relay: string; ok: boolean }[] = []
    const stop = watchRelays([relay], ({ relay: name, ok }) => heard.push({ relay: name, ok }))
    const bounds = { maxBytes: 100, timeoutMs: 5000, stallTimeoutMs: 5000 }
    for (const url of [`${relay}/info`, `${relay}/late`, stranger]) await getBounded(new URL(url), bounds)
    stop()
    await getBounded(new URL(`${relay}/info`), bounds)
    const host = new URL(relay).host
    await expect
      .poll(() => heard)
      .toEqual([
        { relay: host, ok: true },
        { relay: host, ok: false },
      ])
  })
})
