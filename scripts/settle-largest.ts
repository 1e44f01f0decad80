import { compareEpochs } from '../test/differential/compare.ts'

/**
 * Settles the largest subnet that one is meant to be, 64 validators and 4,096 miners with bonds, which takes many
 * transactions: every digit must be the integer reference's, and every step must fit the largest transaction.
 */
const largestTransaction = 2 ** 24
const token = 10n ** 18n
const world = {
  ...{ seed: 3, miners: 4_096, kappa: 32_767, quorumPpm: 500_001 },
  ...{ bondsPenalty: 65_535, bondsMovingAveragePpm: 900_000 },
  voters: 64,
  stakes: Array.from({ length: 64 }, (_, uid) => (100n + 13n * BigInt(uid)) * token),
}

const { paid, transactions } = await compareEpochs(world, 2)
for (const { epoch, step, gas } of transactions)
  console.log(`epoch ${epoch}  ${step.padEnd(8)} ${gas.toLocaleString('en')} gas`)
const dearest = Math.max(...transactions.map(({ gas }) => gas))
console.log(
  `${paid} epochs paid, all equal to the reference; dearest step ${dearest.toLocaleString('en')} of ${largestTransaction.toLocaleString('en')} gas`,
)
if (paid < 2 || dearest >= largestTransaction) process.exitCode = 1
