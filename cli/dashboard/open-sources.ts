import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Hex } from 'viem'
import { openFindings } from '../../dashboard/api/findings.ts'
import type { History } from '../../dashboard/api/history.ts'
import { openHistory } from '../../dashboard/api/history.ts'
import { findJournals } from '../../dashboard/api/journals.ts'
import { memoByVersion } from '../../dashboard/api/memo.ts'
import type { RolloutName, Sources } from '../../dashboard/api/resources.ts'
import { openWatch, type Watch } from '../../dashboard/api/watch.ts'
import type { UpdateRecord } from '../../learner/update-record.ts'
import { readRecord } from '../../learner/write-update.ts'
import { systemClock } from '../../shared/clock.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Explanation } from '../../validator/explain.ts'
import { describeActions } from '../govern/describe-actions.ts'
import { preview } from '../govern/preview.ts'
import { readHeldOut } from '../learn/held-out-file.ts'
import { openObserver } from '../observer/open-observer.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import { subnetDir } from '../roles/journal-path.ts'
import type { DashboardValues } from './dashboard-settings.ts'

const explainThread = new URL('./explain-thread.ts', import.meta.url)
/** Explanations that may wait for the model at once. */
const mostWaiting = 4
/** Epochs that a preview replays. */
const previewEpochs = 8

/** Everything that the dashboard reads from: chain, beacon, journals, checkpoints, and a thread for the model. */
export async function openSources(
  values: DashboardValues,
  signal: AbortSignal,
): Promise<{ sources: Sources; watch: Watch; close(): Promise<void> }> {
  const observer = await openObserver(values, signal)
  const { chain } = observer
  const { dataDir } = values
  if (dataDir !== undefined && !existsSync(dataDir)) {
    throw new SubnetError('CONFIG_INVALID', `--data-dir ${dataDir}: there is no such directory`)
  }
  const subnet = basename(subnetDir('', chain.deployment))
  const findings = openFindings(() => (dataDir === undefined ? [] : findJournals(dataDir, subnet)))
  const history = openHistory(observer, systemClock)
  const watch = openWatch(chain, () => `${findings.look()}.${history.late()}`, systemClock)
  const oncePerVersion = memoByVersion<History>(() => watch.pulse().version, 1)
  const thread = startComputeThread<DashboardValues, RolloutName, Explanation>(explainThread, values)
  let waiting = 0
  const sources: Sources = {
    ...{ chain, findings },
    history: () =>
      oncePerVersion('history', async () => {
        const read = await history.read()
        findings.keepFrom(read.windows.at(0)?.window ?? 0)
        return read
      }),
    async explain(name) {
      if (waiting >= mostWaiting) {
        throw new SubnetError('DASHBOARD_BUSY', 'other rollouts are being derived; try again in a moment', {
          retryable: true,
        })
      }
      waiting++
      return thread.run(name).finally(() => waiting--)
    },
    describe: (actions) => describeActions(chain, actions),
    preview: (set) => preview(chain, { set, epochs: previewEpochs, journal: undefined }),
    learning: {
      record: readRecords(checkpointRoots(values)),
      curve: async () => (dataDir === undefined ? [] : readHeldOut(dataDir)),
    },
  }
  const close = async () => {
    await thread.close()
    findings.close()
  }
  return { sources, watch, close }
}

/** Records never change, so each is read once. */
function readRecords(roots: readonly string[]): (checkpoint: Hex) => Promise<UpdateRecord | null> {
  const known = new Map<Hex, UpdateRecord>()
  return async (checkpoint) => {
    const root = roots.find((directory) => existsSync(join(directory, checkpoint, 'update.json')))
    const record = known.get(checkpoint) ?? (root ? await readRecord(join(root, checkpoint)) : null)
    if (record) known.set(checkpoint, record)
    return record
  }
}
