import { describe, expect, it } from 'vitest'
import type { Attempt, Delivery, Found } from '../../../../../shared/chain/outbox/delivery.ts'
import { nextStep, type Sighting } from '../../../../../shared/chain/outbox/next-step.ts'

const confirmations = 4
const attempt: Attempt = {
  ...{ hash: '0xaa', raw: '0x02', maxFee: 1n, tip: 1n, sentAt: 100n, cancels: false },
}
const cancel: Attempt = { ...attempt, hash: '0xcc', cancels: true }
const pending: Delivery = {
  ...{ id: 1, contract: '0x00', kind: 'commit root', of: '7', data: '0x', gas: 1n, deadline: 110n },
  ...{ nonce: 5, state: 'pending', found: null, attempts: [attempt] },
}
const unseen: Sighting = { head: 100n, used: 5, usedForGood: 5, since: 100n, found: null, known: true }
const found: Found = { hash: '0xaa', block: 101n, success: true }

const step = (delivery: Partial<Delivery>, sighting: Partial<Sighting>) =>
  nextStep({ ...pending, ...delivery }, { ...unseen, ...sighting }, confirmations)
const note = (state: Delivery['state'], where: Found | null) => ({ do: 'note', state, found: where })

describe('a delivery that is in no block', () => {
  it('waits while the pool holds it, and is offered again once it was dropped', () => {
    expect(step({}, {})).toEqual({ do: 'wait' })
    expect(step({}, { known: false })).toEqual({ do: 'offer' })
  })

  it('offers more after a few blocks', () => {
    expect(step({}, { head: 102n })).toEqual({ do: 'wait' })
    expect(step({}, { head: 103n })).toEqual({ do: 'raise' })
  })

  it('is cancelled when the next block is too late, and without a deadline never', () => {
    expect(step({}, { head: 108n })).toEqual({ do: 'raise' })
    expect(step({}, { head: 109n })).toEqual({ do: 'cancel' })
    expect(step({ deadline: null }, { head: 10_000n })).toEqual({ do: 'raise' })
    expect(step({ state: 'cancelling', attempts: [attempt, cancel] }, { head: 109n })).toEqual({
      do: 'raise',
    })
  })

  it('is lost only when the block that took its nonce cannot vanish', () => {
    expect(step({}, { used: 6 })).toEqual({ do: 'wait' })
    expect(step({}, { used: 6, usedForGood: 6 })).toEqual(note('lost', null))
  })
})

describe('a delivery that is in a block', () => {
  it('is final once enough blocks stand on it', () => {
    expect(step({}, { head: 103n, used: 6, found })).toEqual(note('included', found))
    expect(step({}, { head: 104n, used: 6, found })).toEqual(note('done', found))
    const failed = { ...found, success: false }
    expect(step({}, { head: 103n, used: 6, found: failed })).toEqual(note('included', failed))
    expect(step({}, { head: 104n, used: 6, found: failed })).toEqual(note('reverted', failed))
  })

  it('is expired where it is the cancellation that was taken', () => {
    const of = { ...found, hash: cancel.hash }
    const delivery = { state: 'cancelling', attempts: [attempt, cancel] } as const
    expect(step(delivery, { head: 104n, used: 6, found: of })).toEqual(note('expired', of))
    expect(step(delivery, { head: 104n, used: 6, found })).toEqual(note('done', found))
  })

  it('is noted once, and again when it moved to another block', () => {
    const included = { state: 'included', found } as const
    expect(step(included, { head: 102n, used: 6, found })).toEqual({ do: 'wait' })
    const moved = { ...found, block: 102n }
    expect(step(included, { head: 102n, used: 6, found: moved })).toEqual(note('included', moved))
  })

  it('is pending again when its block vanished', () => {
    expect(step({ state: 'included', found }, { head: 101n })).toEqual(note('pending', null))
  })
})
