import { join } from 'node:path'
import type { Admission, Delivery } from '../../learner/admit-bundle.ts'
import { choosePieces } from '../../learner/choose-pieces.ts'
import { openLearnerJournal } from '../../learner/journal.ts'
import type { Learner, Purpose } from '../../learner/learner.ts'
import { runLearner } from '../../learner/run-learner.ts'
import type { StepCount } from '../../learner/take-update.ts'
import type { TrainedUpdate, TrainJob } from '../../learner/train-update.ts'
import type { PolicySources } from '../../model/policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import { SubnetError } from '../../shared/errors.ts'
import { openPeer } from '../../shared/relay/peer.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { serveStore } from '../../shared/store/http-server.ts'
import { tidyStore } from '../../shared/store/tidy-store.ts'
import type { Values } from '../settings.ts'
import { showSteps } from '../show-steps.ts'
import { subnetDir } from './journal-path.ts'
import { withBucket } from './open-bucket.ts'
import { openSigner } from './open-network.ts'
import { readRecipe } from './read-recipe.ts'
import { openRolePolicies } from './role-policies.ts'
import type { learnerSettings } from './role-settings.ts'

export const fullAdmission = new URL('../../learner/admission-thread.ts', import.meta.url)
const trainingThread = new URL('../../learner/training-thread.ts', import.meta.url)

type LearnerValues = Values<typeof learnerSettings>

/**
 * Wires a learner: chain, journal, store and its two threads, and takes them down again in reverse.
 * @param admission the thread that decides what may be trained on
 */
export async function startLearner(
  values: LearnerValues,
  signal: AbortSignal,
  admission: URL,
): Promise<void> {
  const purpose = purposeOf(values)
  const recipe = readRecipe(values.recipe)
  const { network, account, close } = await openSigner('learner', values, signal)
  const home = subnetDir(values.dataDir, network.chain.deployment)
  const journal = openLearnerJournal(join(home, `${purpose.kind}-learner-${account.address}.sqlite`))
  const updates = values.updates ?? join(home, 'updates')
  const store = directoryStore(join(values.dataDir, 'bundles'))
  const kept = withBucket(store, values)
  const [host, port] = values.listen.split(':')
  const server = await serveStore({ store, host, port: Number(port) })
  const own = { ...values, checkpoints: [...values.checkpoints, updates] }
  const { policies, sources } = openRolePolicies(own, network, store)
  const admissions = startComputeThread<PolicySources, Delivery, Admission>(admission, sources)
  const trainings = startComputeThread<null, TrainJob, TrainedUpdate, StepCount>(trainingThread, null)
  const publicUrl = values.publicUrl ?? server.url
  network.log.info('serving updates', { url: server.url, publicUrl })
  try {
    const bytes = values.keepGib * 2 ** 30
    const choose = () => choosePieces({ journal, network }, store)
    const learner = {
      ...{
        network,
        journal,
        purpose,
        recipe,
        store: kept,
        publicUrl,
        updates,
        policies,
        admissions,
        trainings: shown(trainings),
      },
      peers: values.peer.map((url) => openPeer(url).source),
      allowPrivateHosts: values.allowPrivateHosts,
      pool: new Map(),
    }
    await runLearner(learner, tidyStore(network, store, { bytes, choose }))
  } finally {
    await trainings.close()
    await admissions.close()
    await server.close()
    journal.close()
    await close()
    network.log.info('stopped learner')
  }
}

/** The same, seen on a terminal. */
function shown(trainings: Learner['trainings']): Learner['trainings'] {
  const run: Learner['trainings']['run'] = (job, onStep) =>
    trainings.run(job, (count) => {
      showSteps(count)
      onStep?.(count)
    })
  return { ...trainings, run }
}

function purposeOf({ swarm, self, mode, mostStale, fewestGroups, mostGroups }: LearnerValues): Purpose {
  if (swarm) {
    if (self !== undefined) return { kind: 'swarm', self, mix: swarm }
    throw new SubnetError('CONFIG_INVALID', '--swarm needs --self: the uid of the miner whose groups are own')
  }
  if (fewestGroups > mostGroups) {
    throw new SubnetError(
      'CONFIG_INVALID',
      '--fewest-groups is more than --most-groups: no update could be taken',
    )
  }
  const synchronisation = mode === 'sequential' ? ({ mode } as const) : { mode, mostStale }
  return { kind: 'subnet', synchronisation, size: { fewest: fewestGroups, most: mostGroups } }
}
