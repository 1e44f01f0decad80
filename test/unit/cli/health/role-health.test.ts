import { beforeEach, describe, expect, it } from 'vitest'
import { followHealth, type RoleHealth } from '../../../../cli/health/role-health.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'

const minute = 60_000
let clock: ReturnType<typeof fakeClock>
let health: RoleHealth

beforeEach(() => {
  clock = fakeClock()
  health = followHealth(clock)
})

const fail = (failures: number, duty = 'mine') =>
  health.hear('failed duty', { duty, code: 'CHAIN_UNREACHABLE', why: 'no answer', failures })

describe('a role', () => {
  it('is ready once it has looked at the chain, and healthy until something says otherwise', () => {
    expect(health.report()).toMatchObject({ ready: false, healthy: true, head: null })
    health.beat(7n)
    expect(health.report()).toMatchObject({ ready: true, healthy: true, head: '7', complaints: [] })
  })

  it('turns unhealthy when a duty keeps failing, says why and since when, and recovers with it', () => {
    health.beat(7n)
    fail(1)
    fail(2)
    expect(health.report().healthy).toBe(true)
    fail(3)
    clock.sleep(minute)
    fail(4)
    expect(health.report()).toMatchObject({
      healthy: false,
      ready: true,
      complaints: [{ duty: 'mine', code: 'CHAIN_UNREACHABLE', why: 'no answer', sinceMs: 0 }],
    })
    health.hear('recovered', { duty: 'mine', after: 4 })
    expect(health.report().healthy).toBe(true)
  })

  it('is not ready while it cannot look at the chain', () => {
    health.beat(7n)
    fail(3, 'look at the chain')
    expect(health.report()).toMatchObject({ healthy: false, ready: false })
  })

  it('complains of a missed window or epoch until it has done the next one', () => {
    health.hear('missed window', { window: 4, why: 'the deadline passed' })
    expect(health.report().complaints).toMatchObject([{ code: 'WINDOW_MISSED', window: 4 }])
    health.hear('committed window', { window: 5 })
    expect(health.report()).toMatchObject({ healthy: true, lastDone: { window: 5 } })
    health.hear('abstained', { epoch: 2, why: 'our fault' })
    expect(health.report().complaints).toMatchObject([{ code: 'SCORES_MISSED', why: 'our fault' }])
    health.hear('committed scores', { epoch: 3 })
    expect(health.report()).toMatchObject({ healthy: true, lastDone: { window: 5, epoch: 3 } })
  })

  it('complains when the head stands still, and when a round of duties never ends', () => {
    health.beat(7n)
    clock.sleep(4 * minute)
    health.beat(7n)
    expect(health.report().healthy).toBe(true)
    clock.sleep(2 * minute)
    health.beat(7n)
    expect(health.report().complaints).toMatchObject([{ code: 'HEAD_STALLED', sinceMs: 0 }])
    health.beat(8n)
    expect(health.report().healthy).toBe(true)
    clock.sleep(31 * minute)
    expect(health.report().complaints).toMatchObject([{ code: 'DUTY_STUCK' }])
  })
})
