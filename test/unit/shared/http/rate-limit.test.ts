import { expect, it } from 'vitest'
import { limitRate } from '../../../../shared/http/rate-limit.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'

it('lets a burst through, then as many as time brings, for each address by itself', async () => {
  const clock = fakeClock()
  const mayAsk = limitRate({ burst: 3, perSecond: 2 }, clock)
  const ask = (times: number, address = 'a') => Array.from({ length: times }, () => mayAsk(address))
  expect(ask(4)).toEqual([true, true, true, false])
  expect(ask(1, 'b')).toEqual([true])
  await clock.sleep(499)
  expect(ask(1)).toEqual([false])
  await clock.sleep(1)
  expect(ask(2)).toEqual([true, false])
  await clock.sleep(60_000)
  expect(ask(4)).toEqual([true, true, true, false])
})

it('remembers no more addresses than it has room for', () => {
  const mayAsk = limitRate({ burst: 1, perSecond: 0 }, fakeClock())
  expect(mayAsk('first')).toBe(true)
  expect(mayAsk('first')).toBe(false)
  for (let i = 0; i < 5000; i++) mayAsk(`${i}`)
  expect(mayAsk('first')).toBe(true)
})
