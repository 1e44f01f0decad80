import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../../../shared/clock.ts'
import type { Log } from '../../../../shared/log.ts'
import { directoryStore } from '../../../../shared/store/directory-store.ts'
import { piecesOnly, type StoreLimit, tidyStore } from '../../../../shared/store/tidy-store.ts'
import { temporaryDirectory } from '../../../helpers/relays.ts'

const schedule = { startBlock: 0n, windowBlocks: 10, commitBlocks: 5, epochWindows: 1, revealBlocks: 2 }
const size = 100
const bundleName = (digit: string) => digit.repeat(64)

/** A store of pieces and bundles of 100 bytes, each an hour and more old; the first is the oldest. */
async function storeOf(count: { readonly bundles: number; readonly pieces: number }) {
  const directory = await temporaryDirectory()
  const store = directoryStore(directory)
  const bytes = (i: number) => new Uint8Array(size).fill(i)
  const bundles: string[] = []
  const pieces: string[] = []
  for (let i = 0; i < count.bundles; i++) bundles.push(await store.put(bytes(i), bundleName(String(i))))
  for (let i = 0; i < count.pieces; i++) pieces.push(await store.put(bytes(100 + i)))
  const ages = [...bundles, ...pieces].entries()
  for (const [i, name] of ages) await setAge(directory, name, 1000 - i)
  const said: unknown[] = []
  const log: Log = {
    debug() {},
    info: (message, fields) => said.push({ message, ...fields }),
    warn() {},
    error() {},
  }
  const tidy = (limit: StoreLimit) => tidyStore({ schedule, clock: systemClock, log }, store, limit)
  const names = async () => new Set((await store.list()).map(({ name }) => name))
  return { directory, store, bundles, pieces, tidy, names, said }
}

async function setAge(directory: string, name: string, minutes: number): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000)
  await utimes(join(directory, name), then, then)
}

it('removes the oldest pieces down to the limit, and no committed bundle that nobody named', async () => {
  const { bundles, pieces, tidy, names, said } = await storeOf({ bundles: 2, pieces: 4 })
  await tidy({ bytes: 4 * size, choose: piecesOnly }).run(0n)
  expect(await names()).toEqual(new Set([...bundles, ...pieces.slice(2)]))
  expect(said).toEqual([{ message: 'removed pieces', pieces: 2, bytes: 2 * size }])
})

it('removes bundles that may go in their turn, and keeps what is needed however little is allowed', async () => {
  const { bundles, pieces, tidy, names } = await storeOf({ bundles: 2, pieces: 3 })
  const choose = async () => ({ needed: new Set([pieces[1]]), spare: new Set([bundles[1]]) })
  await tidy({ bytes: 0, choose }).run(0n)
  expect(await names()).toEqual(new Set([bundles[0], pieces[1]]))
})

it('leaves what was put within the hour, and looks again only in the next window', async () => {
  const { directory, pieces, tidy, names } = await storeOf({ bundles: 0, pieces: 2 })
  await setAge(directory, pieces[1], 30)
  const duty = tidy({ bytes: 0, choose: piecesOnly })
  await duty.run(0n)
  expect(await names()).toEqual(new Set([pieces[1]]))
  await setAge(directory, pieces[1], 90)
  await duty.run(9n)
  expect(await names()).toEqual(new Set([pieces[1]]))
  await duty.run(10n)
  expect(await names()).toEqual(new Set())
})

it('asks nobody what is needed while there is room, nor minds a store that is not there yet', async () => {
  const { pieces, tidy, names } = await storeOf({ bundles: 0, pieces: 2 })
  const choose = async () => {
    throw new Error('asked')
  }
  await tidy({ bytes: 2 * size, choose }).run(0n)
  expect(await names()).toEqual(new Set(pieces))
  const none = directoryStore(join(await temporaryDirectory(), 'none'))
  await tidyStore({ schedule, clock: systemClock, log: console }, none, { bytes: 0, choose }).run(0n)
})
