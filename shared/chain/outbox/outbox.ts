import { type Address, type Hex, keccak256, type LocalAccount, type PublicClient } from 'viem'
import type { Clock } from '../../clock.ts'
import { SubnetError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { askChain } from '../ask-chain.ts'
import { type Fees, firstFees, raiseFees } from './choose-fees.ts'
import type { Attempt, Delivery, DeliveryState, Found, Intent } from './delivery.ts'
import { nextStep, type Sighting } from './next-step.ts'
import { explainFunds, findReceipt, isKnown, offer } from './offer.ts'
import type { OutboxJournal } from './outbox-journal.ts'
import { arrival, outcomeOf } from './outcome.ts'

export interface Outbox {
  /** In blocks; see `nextStep`. */
  readonly confirmations: number
  /**
   * Gets a call into a block, and returns what came of the last try where one has arrived already. Written before it
   * is sent: after a kill at any moment the same bytes are offered again.
   * @param prepare refuses a call that would revert, and says how much gas it takes; asked before the first try only
   * @throws SubnetError, all retryable: TRANSACTION_PENDING, TRANSACTION_EXPIRED, TRANSACTION_REPLACED,
   *   TRANSACTION_REFUSED, KEY_UNFUNDED, and those of the chain; what reverted in a block is returned
   */
  deliver(call: { to: Address; data: Hex }, intent: Intent, prepare: () => Promise<bigint>): Promise<Found>
  /** One look at everything under way; what was dropped, outbid or lost with its block is offered again. */
  tend(): Promise<void>
  /** Whether the newest of this subject lies too deep to vanish; true also of what this outbox never sent. */
  hasLasted(contract: Address, intent: Pick<Intent, 'kind' | 'of'>): boolean
  /** How many are not final. */
  depth(): number
  close(): void
}

export interface OutboxOptions {
  readonly client: PublicClient
  readonly account: LocalAccount
  readonly chainId: number
  readonly journal: OutboxJournal
  readonly confirmations: number
  /** Wei per gas, whatever the network asks. */
  readonly mostFee: bigint
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly pollMs: number
}

/** How long a duty waits for a block before it lets the others run; the delivery goes on meanwhile. */
const longestWaitMs = 90_000
/** An estimate is of the state now, and a block may come between. */
const gasToSpare = (gas: bigint) => gas + gas / 4n
/** What a chain takes in one transaction at most (EIP-7825). */
const mostGas = 2n ** 24n
const cancelGas = 21_000n
/** What an operator is told of the ends that nobody wants. */
const warnings: Partial<Record<DeliveryState, string>> = {
  lost: 'transaction replaced',
  expired: 'transaction expired',
  reverted: 'transaction reverted',
}
/** Another transaction under our nonce must lie so deep at least before we send under a new one. */
const fewestBlocksForGood = 2

export function openOutbox(options: OutboxOptions): Outbox {
  const { client, account, chainId, journal, confirmations, mostFee, clock, log, signal, pollMs } = options
  const { address } = account
  const capped = new Set<number>()
  /** Heads at which blocks of deliveries vanished: what had arrived needs no higher price yet. */
  const vanishedAt = new Map<number, bigint>()
  let seenHead: Hex | null = null
  let turn: Promise<unknown> = Promise.resolve()

  /** One at a time: a nonce is taken when it is written down. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work)
    turn = next.catch(() => {})
    return next
  }
  const readHead = () => askChain('look at the head', () => client.getBlock())
  const countUsed = (block: { blockNumber: bigint } | { blockTag: 'latest' | 'pending' }) =>
    askChain('count the key’s transactions', () => client.getTransactionCount({ address, ...block }))

  async function suggestFees(baseFee: bigint): Promise<Fees> {
    const tip = await askChain('ask for the fees', () => client.estimateMaxPriorityFeePerGas())
    return { maxFee: 2n * baseFee + tip, tip }
  }

  async function sign(
    form: { to: Address; data: Hex; gas: bigint; nonce: number; cancels: boolean },
    fees: Fees,
    sentAt: bigint,
  ): Promise<Attempt> {
    const { cancels, nonce } = form
    const body = cancels ? { to: address, gas: cancelGas } : { to: form.to, gas: form.gas, data: form.data }
    const raw = await account.signTransaction({
      ...{ ...body, type: 'eip1559', chainId, nonce, value: 0n },
      ...{ maxFeePerGas: fees.maxFee, maxPriorityFeePerGas: fees.tip },
    })
    return { hash: keccak256(raw), raw, ...fees, sentAt, cancels }
  }

  async function start(
    { to, data }: { to: Address; data: Hex },
    intent: Intent,
    prepare: () => Promise<bigint>,
  ): Promise<number> {
    const estimate = gasToSpare(await prepare())
    const gas = estimate < mostGas ? estimate : mostGas
    const { number: head, baseFeePerGas } = await readHead()
    const fees = firstFees(await suggestFees(baseFeePerGas ?? 0n), mostFee)
    const own = journal.open().map(({ nonce }) => nonce + 1)
    const nonce = Math.max(await countUsed({ blockTag: 'pending' }), ...own)
    const attempt = await sign({ to, data, gas, nonce, cancels: false }, fees, head)
    const { kind, of, deadline = null } = intent
    const id = journal.add({ contract: to, kind, of, data, gas, deadline, nonce }, attempt)
    log.info('sent transaction', { kind, of, nonce, hash: attempt.hash, maxFee: fees.maxFee })
    const refusal = await offer(client, attempt)
    seenHead = null
    if (refusal === null) return id
    journal.note(id, 'refused', null)
    throw new SubnetError('TRANSACTION_REFUSED', `no endpoint takes the transaction to ${kind}: ${refusal}`, {
      retryable: true,
      details: { kind, of },
    })
  }

  /** Outbids what is under the nonce, or offers it once more where the cap forbids that. */
  async function outbid(
    delivery: Delivery,
    head: { number: bigint; baseFeePerGas: bigint | null },
    change: { data?: Hex; gas?: bigint; state?: 'cancelling' },
  ): Promise<boolean> {
    const { id, kind, of, nonce, contract, attempts } = delivery
    const newest = attempts[attempts.length - 1]
    const fees = raiseFees(await suggestFees(head.baseFeePerGas ?? 0n), newest, mostFee)
    if (fees === null) {
      if (!capped.has(id)) log.warn('reached fee cap', { kind, of, nonce, maxFee: newest.maxFee })
      capped.add(id)
      if (change.state) journal.note(id, change.state, null)
      await offer(client, newest)
      return false
    }
    const cancels = (change.state ?? delivery.state) === 'cancelling'
    const form = { to: contract, data: change.data ?? delivery.data, gas: change.gas ?? delivery.gas }
    const attempt = await sign({ ...form, nonce, cancels }, fees, head.number)
    journal.addAttempt(id, attempt, change)
    log.info(cancels ? 'cancelled transaction' : 'raised fee', {
      ...{ kind, of, nonce, hash: attempt.hash, maxFee: fees.maxFee },
    })
    await offer(client, attempt)
    return true
  }

  async function look(
    delivery: Delivery,
    counts: Pick<Sighting, 'head' | 'used' | 'usedForGood'>,
  ): Promise<Sighting> {
    const { id, attempts, nonce } = delivery
    const newest = attempts[attempts.length - 1]
    const sighting = { ...counts, since: vanishedAt.get(id) ?? newest.sentAt, found: null, known: false }
    if (counts.used <= nonce) return { ...sighting, known: await isKnown(client, newest) }
    for (const attempt of attempts.toReversed()) {
      const found = await findReceipt(client, attempt)
      if (found) return { ...sighting, found, known: true }
    }
    return sighting
  }

  async function tend(): Promise<void> {
    const open = journal.open()
    if (open.length === 0) return
    const head = await readHead()
    if (head.hash === seenHead) return
    const used = await countUsed({ blockTag: 'latest' })
    const past = head.number - BigInt(Math.max(confirmations, fewestBlocksForGood))
    const usedForGood = past < 0n ? 0 : await countUsed({ blockNumber: past })
    let idle = true
    for (const delivery of open) {
      const { id, kind, of, nonce, attempts, state, found } = delivery
      const sighting = await look(delivery, { head: head.number, used, usedForGood })
      const step = nextStep(delivery, sighting, confirmations)
      idle &&= step.do === 'wait'
      if (step.do === 'note') {
        journal.note(id, step.state, step.found)
        const vanished = state === 'included' && step.state === 'pending'
        if (vanished) vanishedAt.set(id, head.number)
        const told = vanished ? 'transaction vanished' : warnings[step.state]
        if (told) log.warn(told, { kind, of, nonce, ...(step.found ?? { block: found?.block }) })
      }
      if (step.do === 'offer') await offer(client, attempts[attempts.length - 1])
      if (step.do === 'raise') await outbid(delivery, head, {})
      if (step.do === 'cancel') await outbid(delivery, head, { state: 'cancelling' })
    }
    seenHead = idle ? head.hash : null
  }

  return {
    confirmations,
    async deliver(call, intent, prepare) {
      try {
        const id = await inTurn(async () => {
          const known = journal.find({ contract: call.to, ...intent })
          if (known && arrival(known)) return known.id
          if (known?.state !== 'pending') return start(call, intent, prepare)
          if (known.data !== call.data) {
            const gas = gasToSpare(await prepare())
            const head = await readHead()
            await outbid(known, head, { data: call.data, gas: gas < mostGas ? gas : mostGas })
            seenHead = null
          }
          return known.id
        })
        const startedMs = clock.elapsedMs()
        for (;;) {
          await inTurn(tend)
          const waitedMs = clock.elapsedMs() - startedMs
          const found = outcomeOf(journal.get(id), { mostFee, patient: waitedMs < longestWaitMs })
          if (found) return found
          await clock.sleep(pollMs, signal)
        }
      } catch (error) {
        throw explainFunds(error)
      }
    },
    tend: () => inTurn(tend),
    hasLasted(contract, intent) {
      const known = journal.find({ contract, ...intent })
      // Its receipt may never have been shown to us; the nonce of one that is lost was used so deep in the chain.
      return known === undefined || known.state === 'done' || known.state === 'lost'
    },
    depth: () => journal.open().length,
    close: () => journal.close(),
  }
}
