import { expect, test } from 'vitest'
import { paceTries } from '../../../validator/pace-tries.ts'
import { fakeClock } from '../../helpers/fake-clock.ts'

test('a bundle is due at once, and after a try not before the pause is over, whatever the time of day does', async () => {
  let skewMs = 0
  const time = fakeClock(1_000_000)
  const pace = paceTries({ ...time, nowMs: () => time.nowMs() + skewMs }, 3200)
  expect(pace.isDue('1/0')).toBe(true)
  pace.noteTry('1/0')
  expect([pace.isDue('1/0'), pace.isDue('1/1'), pace.isDue('2/0')]).toEqual([false, true, true])
  skewMs = 600_000
  await time.sleep(3199)
  expect(pace.isDue('1/0')).toBe(false)
  skewMs = -600_000
  await time.sleep(1)
  expect(pace.isDue('1/0')).toBe(true)
})
