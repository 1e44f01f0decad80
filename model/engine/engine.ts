/** Numbers of a tensor: int32 and int64 for indices, float32 everywhere else, float64 in gradient tests. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array

export interface EngineTensor {
  readonly data: TensorData
  readonly shape: readonly number[]
}

/** One loaded graph. Only this folder knows which engine runs it. */
export interface Engine {
  /**
   * Runs the graph once. Input order does not matter; all outputs named in `outputs` come back.
   * @param into outputs of known shape, written where these tensors are
   */
  run(
    inputs: Readonly<Record<string, EngineTensor>>,
    outputs: readonly string[],
    into?: Readonly<Record<string, EngineTensor>>,
  ): Promise<Record<string, EngineTensor>>
  close(): Promise<void>
}

/**
 * Which kernels compute: `fast` is onnxruntime-node (native, equal bits on one class of machine), `exact` is
 * onnxruntime-web's WebAssembly engine (equal bits on every machine).
 */
export type NumericsProfile = 'fast' | 'exact'

/**
 * Where native kernels compute: onnxruntime's execution providers. What a provider has no kernel for, its CPU kernels
 * compute.
 */
export const DEVICES = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const
export type Device = (typeof DEVICES)[number]

export interface EngineOptions {
  /** `cpu` unless named. The profile `exact` knows no other. */
  readonly device?: Device
  /** Threads within one operation. Production uses 1: roles run in parallel with each other instead. */
  readonly threads?: number
  /** Keeps no memory plan between runs: less peak memory for large, changing shapes. */
  readonly frugal?: boolean
}
