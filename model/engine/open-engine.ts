import { setImmediate } from 'node:timers/promises'
import type { Tensor, TypedTensor } from 'onnxruntime-node'
import { SubnetError } from '../../shared/errors.ts'
import type { Graph } from '../graph/graph.ts'
import { createSession, type SessionFactory } from './create-session.ts'
import type { Device, Engine, EngineOptions, EngineTensor, NumericsProfile, TensorData } from './engine.ts'

const ERROR = 3

interface Runtime {
  readonly InferenceSession: SessionFactory
  readonly Tensor: new (type: never, data: TensorData, shape: readonly number[]) => Tensor
}

/** What each device needs besides this program. */
const NEEDS: Readonly<Record<Exclude<Device, 'cpu'>, string>> = {
  cuda: 'an NVIDIA GPU on Linux x86-64, with CUDA, cuDNN and the kernels that onnxruntime-node fetches where it is installed with ONNXRUNTIME_NODE_INSTALL=cuda',
  webgpu: 'a GPU with a driver for Vulkan, Metal or Direct3D 12',
  coreml: 'macOS',
  dml: 'Windows with a GPU of DirectX 12',
}

/** The WebAssembly engine reads its number of threads once, when the first graph of the process opens. */
let fixedThreads: number | undefined

async function loadRuntime(profile: NumericsProfile, threads: number): Promise<Runtime> {
  if (profile === 'fast') return (await import('onnxruntime-node')) as unknown as Runtime
  fixedThreads ??= threads
  if (threads !== fixedThreads) {
    throw new SubnetError(
      'ENGINE_THREADS_FIXED',
      `The WebAssembly engine of this process has ${fixedThreads} threads; ${threads} were asked for. Use another process.`,
      { details: { fixed: fixedThreads, asked: threads } },
    )
  }
  const web = await import('onnxruntime-web')
  web.env.wasm.numThreads = threads
  web.env.wasm.proxy = false
  return web as unknown as Runtime
}

function typeOf(data: TensorData): string {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  return data instanceof Int32Array ? 'int32' : 'int64'
}

/** The engine warns at every decoding step that it copies the cache, which is what we ask for. */
const QUIET = { logSeverityLevel: ERROR } as const

/**
 * Loads a graph into the engine of a numerics profile.
 * @throws SubnetError ENGINE_THREADS_FIXED, DEVICE_UNAVAILABLE, GRAPH_UNWRITABLE
 */
export async function openEngine(
  profile: NumericsProfile,
  graph: Graph,
  options: EngineOptions = {},
): Promise<Engine> {
  const { threads = 1, device = 'cpu' } = options
  if (profile === 'exact' && device !== 'cpu') {
    throw unavailable(device, 'portable kernels, which the profile exact asks for, compute on the CPU')
  }
  const runtime = await loadRuntime(profile, threads)
  const creating = createSession(runtime.InferenceSession, profile, graph, {
    executionProviders: [profile === 'fast' ? device : 'wasm'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: options.frugal !== true,
    logSeverityLevel: ERROR,
  })
  const session = await creating.catch((cause: unknown) => {
    if (device === 'cpu' || cause instanceof SubnetError) throw cause
    throw unavailable(device, `it needs ${NEEDS[device]}`, cause)
  })
  return {
    async run(inputs, outputs, into = {}) {
      const wrap = ({ data, shape }: EngineTensor) => new runtime.Tensor(typeOf(data) as never, data, shape)
      const feeds: Record<string, Tensor> = {}
      for (const [name, tensor] of Object.entries(inputs)) feeds[name] = wrap(tensor)
      const fetches: Record<string, Tensor | null> = {}
      // WebAssembly has a memory of its own: what it gives is copied either way.
      for (const name of outputs) fetches[name] = into[name] && profile === 'fast' ? wrap(into[name]) : null
      // Native runs begin in a turn of their own; a thread that runs WebAssembly hears its owner, too.
      if (profile === 'exact') await setImmediate()
      const results = (await session.run(feeds, fetches, QUIET)) as Record<string, TypedTensor<'float32'>>
      const read: Record<string, EngineTensor> = {}
      for (const name of outputs) {
        const { data, dims } = results[name]
        if (into[name] && profile === 'exact') (into[name].data as Float32Array).set(data)
        read[name] = into[name] ?? { data, shape: dims }
      }
      return read
    },
    close: () => session.release(),
  }
}

function unavailable(device: Device, why: string, cause?: unknown): SubnetError {
  const [said] = cause instanceof Error ? cause.message.split('\n') : ['']
  return new SubnetError('DEVICE_UNAVAILABLE', `--device ${device} cannot be used here: ${why}`, {
    details: { device, said: said.slice(0, 300) },
    cause,
  })
}
