import { prefetchPolicy } from '../model/distribution/prefetch-policy.ts'
import { pruneCheckpoints } from '../model/distribution/prune-checkpoints.ts'
import { claimSettledEpochs } from '../shared/chain/claim-settled-epochs.ts'
import type { Duty } from '../shared/duty.ts'
import { runDuties } from '../shared/run-duties.ts'
import { openRunningWindow } from './duties/open-window.ts'
import { replayUpdates } from './duties/replay-updates.ts'
import { revealEndedEpoch } from './duties/reveal-epoch.ts'
import { scoreRunningEpoch } from './duties/score-epoch.ts'
import { settleEndedEpochs } from './duties/settle-epochs.ts'
import type { Validator } from './validator.ts'

/** The validator's life. Duties with a deadline come before the long one, the audit. */
export async function runValidator(validator: Validator, tidy: Duty): Promise<void> {
  const { network, uid, replay } = validator
  network.log.info('started validator', { uid })
  await runDuties(network, [
    { name: 'reveal', run: (block) => revealEndedEpoch(validator, block) },
    { name: 'settle', run: (block) => settleEndedEpochs(validator, block) },
    claimSettledEpochs(network, 'validator', uid),
    { name: 'open', run: (block) => openRunningWindow(validator, block) },
    prefetchPolicy(network, validator.policies),
    tidy,
    pruneCheckpoints(network, [validator.policies.shelf]),
    ...(replay ? [replayUpdates(validator, replay)] : []),
    scoreRunningEpoch(validator),
  ])
}
