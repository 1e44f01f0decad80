import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chooseGarbage } from '../../../miner/choose-garbage.ts'
import { disputedEpochs } from '../../../shared/protocol/disputed-epochs.ts'

const stored = (epoch: number, sizeBytes = 10) => ({
  ...{ window: epoch, epoch, sizeBytes },
  bundle: `bundle of ${epoch}`,
})
const epochs = (bundles: readonly { epoch: number }[]) => bundles.map(({ epoch }) => epoch)
const twenty = Array.from({ length: 20 }, (_, epoch) => stored(epoch))
const plenty = Number.MAX_SAFE_INTEGER

it('removes what is older than the kept epochs', () => {
  expect(epochs(chooseGarbage(twenty, 20, { epochs: 16, bytes: plenty }))).toEqual([0, 1, 2, 3])
})

it('removes the oldest beyond the limit, and stops there', () => {
  expect(epochs(chooseGarbage(twenty, 20, { epochs: 16, bytes: 130 }))).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(chooseGarbage(twenty, 20, { epochs: 100, bytes: 200 })).toEqual([])
})

it('keeps what may still be disputed, however little it is told to keep', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(30), fc.nat(1000)), { maxLength: 40 }),
      fc.nat(40),
      fc.record({ epochs: fc.nat(40), bytes: fc.nat(20_000) }),
      (drawn, running, keep) => {
        const bundles = drawn.map(([epoch, size]) => stored(epoch, size)).sort((a, b) => a.epoch - b.epoch)
        for (const { epoch } of chooseGarbage(bundles, running, keep)) {
          expect(running - epoch).toBeGreaterThan(disputedEpochs)
        }
      },
    ),
    { seed: 9, numRuns: 300 },
  )
})

it('keeps bytes that a later window names too', () => {
  const twice = { ...stored(18), bundle: 'bundle of 0' }
  expect(epochs(chooseGarbage([...twenty.slice(0, 18), twice], 20, { epochs: 18, bytes: plenty }))).toEqual([
    1,
  ])
})
