import { expect, it, onTestFinished } from 'vitest'
import { createMetrics } from '../../../../cli/health/metrics.ts'
import { followHealth } from '../../../../cli/health/role-health.ts'
import { serveHealth } from '../../../../cli/health/serve-health.ts'
import { askHealth } from '../../../../cli/status/ask-health.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'

const key = '0x00000000000000000000000000000000000000aa'
const other = '0x00000000000000000000000000000000000000bb'

it('a role that runs is asked how it is, and another one on the same port is not taken for it', async () => {
  const health = followHealth(fakeClock())
  const { report } = health
  const metrics = createMetrics('miner', { report, outboxDepth: () => 0 })
  const role = { role: 'miner', key } as const
  const server = await serveHealth({ host: '127.0.0.1', port: 0 }, { role, report, metrics })
  onTestFinished(() => server.close())
  const where = { host: '127.0.0.1', port: Number(new URL(server.url).port) }

  expect(await askHealth(where, key)).toEqual({ ready: false, healthy: true, complaints: [] })
  health.beat(1n)
  health.hear('missed window', { window: 4, why: 'the deadline passed' })
  expect(await askHealth(where, key)).toEqual({
    ready: true,
    healthy: false,
    complaints: [{ code: 'WINDOW_MISSED', why: 'the deadline passed' }],
  })
  expect(await askHealth(where, other)).toBeNull()
})

it('what is no role counts as no answer', async () => {
  const { port } = new URL(await serveOnLoopback((_, response) => response.end('{"key":"x"}')))
  expect(await askHealth({ host: '127.0.0.1', port: Number(port) }, key)).toBeNull()
})
