import { setImmediate } from 'node:timers/promises'
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-node'
import { SubnetError } from '../../shared/errors.ts'
import type { Engine, EngineOptions, EngineTensor, NumericsProfile, TensorData } from './engine.ts'

const ERROR = 3

/** The part of onnxruntime's interface that both packages share. */
interface Runtime {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
  readonly Tensor: new (type: never, data: TensorData, shape: readonly number[]) => Tensor
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
 * Loads ONNX bytes into the engine of a numerics profile.
 * @throws SubnetError ENGINE_THREADS_FIXED
 */
export async function openEngine(
  profile: NumericsProfile,
  bytes: Uint8Array,
  options: EngineOptions = {},
): Promise<Engine> {
  const threads = options.threads ?? 1
  const runtime = await loadRuntime(profile, threads)
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: [profile === 'fast' ? 'cpu' : 'wasm'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: options.frugal !== true,
    logSeverityLevel: ERROR,
  })
  return {
    async run(inputs, outputs) {
      const feeds: Record<string, Tensor> = {}
      for (const [name, { data, shape }] of Object.entries(inputs)) {
        feeds[name] = new runtime.Tensor(typeOf(data) as never, data, shape)
      }
      // Native runs begin in a turn of their own; a thread that runs WebAssembly hears its owner, too.
      if (profile === 'exact') await setImmediate()
      const results = (await session.run(feeds, outputs, QUIET)) as Record<string, TypedTensor<'float32'>>
      const read: Record<string, EngineTensor> = {}
      for (const name of outputs) {
        const tensor = results[name]
        read[name] = { data: tensor.data, shape: tensor.dims }
      }
      return read
    },
    close: () => session.release(),
  }
}
