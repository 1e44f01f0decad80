import type { OuterEngineInit } from '../../miner/outer-engine/outer-engine-thread.ts'
import type { GroupsTask } from '../../miner/produce.ts'
import type { PolicySources } from '../../model/policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Group } from '../../shared/protocol/rollout.ts'
import type { Values } from '../settings.ts'
import { startEngineThread } from './engine-thread.ts'
import { forbidTf32 } from './forbid-tf32.ts'
import { startPythonEngine } from './python-engine.ts'
import type { minerSettings } from './role-settings.ts'
import type { Engine } from './start-miner.ts'

const outerEngineThread = new URL('../../miner/outer-engine/outer-engine-thread.ts', import.meta.url)

type EngineValues = Pick<
  Values<typeof minerSettings>,
  'engine' | 'engineUrl' | 'enginePython' | 'engineTimeout' | 'engineRecomputed' | 'device' | 'threads'
>

/** What starts the engine that the operator chose. @throws SubnetError CONFIG_INVALID */
export function engineStarter(values: EngineValues): (sources: PolicySources) => Engine {
  const { engine, engineUrl } = values
  if ((engine === 'http') !== (engineUrl !== undefined)) {
    throw new SubnetError('CONFIG_INVALID', '--engine http and --engine-url need each other')
  }
  const { device, threads } = values
  if (device === 'cuda') forbidTf32()
  if (engineUrl !== undefined)
    return (sources) => startOuterThread(values, engineUrl, { ...sources, device, threads })
  if (engine === 'transformers' || engine === 'vllm') {
    return (sources) => startPythonThread(values, engine, { ...sources, device, threads })
  }
  return (sources) => startEngineThread({ ...sources, device, threads })
}

function startPythonThread(
  values: EngineValues,
  engine: 'transformers' | 'vllm',
  sources: PolicySources,
): Engine {
  const { checkpoints } = sources
  const server = startPythonEngine({
    python: values.enginePython,
    engine,
    checkpoints,
    device: values.device === 'cuda' ? 'cuda' : 'cpu',
  })
  let thread: Engine | null = null
  return {
    async produce(task) {
      const url = await server.url
      thread ??= startOuterThread(values, url, sources)
      return Promise.race([thread.produce(task), server.ended])
    },
    async close() {
      await thread?.close()
      await server.close()
    },
  }
}

/** Asking, reading and recomputing, on a thread of their own. */
function startOuterThread(values: EngineValues, url: string, sources: PolicySources): Engine {
  const timeoutMs = 1000 * values.engineTimeout
  const recomputed = values.engineRecomputed
  const thread = startComputeThread<OuterEngineInit, GroupsTask, Group[]>(outerEngineThread, {
    sources,
    engine: { url, timeoutMs },
    recomputed,
  })
  return { produce: (task) => thread.run(task), close: () => thread.close() }
}
