import { expect, it } from 'vitest'
import { devnetConfig, devnetWindow } from '../../cli/devnet/subnet-config.ts'
import { epochRules } from './arena/arena.ts'
import { devnetRules } from './arena/window.ts'

it('plays by the rules that a devnet is deployed with', () => {
  const holder = `0x${'11'.repeat(20)}` as const
  const { rules } = devnetConfig({
    ...{ beacon: {} as never, holder, learner: holder },
    ...{ participants: [], window: devnetWindow },
  })
  const { coefficients, ...amounts } = devnetRules
  expect(rules).toMatchObject({
    ...amounts,
    scoreBasePpm: coefficients.base,
    scoreCorrectnessPpm: coefficients.correctness,
    scoreReasoningPpm: coefficients.reasoning,
    scoreSatisfactionPpm: coefficients.satisfaction,
    scoreSignalPpm: coefficients.signal,
    kappa: epochRules.kappa,
    quorumPpm: epochRules.quorumPpm,
    minerSharePpm: epochRules.minerSharePpm,
  })
})
