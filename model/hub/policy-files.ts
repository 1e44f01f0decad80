import type { StoredTensor } from './stored-tensor.ts'

/** A policy as somebody keeps it: what its small files say, and where every tensor lies by its Hugging Face name. */
export interface PolicyFiles {
  /** Where it was found, for messages. */
  readonly path: string
  /** As in a config.json. */
  readonly config: unknown
  readonly tokenizerJson: string
  /** null: nothing names one. */
  readonly endToken: number | null
  readonly tensors: ReadonlyMap<string, StoredTensor>
  close(): Promise<void>
}
