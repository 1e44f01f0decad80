import type { StoredTensor } from './stored-tensor.ts'

/** What turns messages into text, in Jinja's language, and the special tokens that it may name. */
export interface ChatTemplate {
  readonly template: string
  readonly names: Readonly<Record<'bos_token' | 'eos_token', string>>
}

/** A policy as somebody keeps it: what its small files say, and where every tensor lies by its Hugging Face name. */
export interface PolicyFiles {
  /** Where it was found, for messages. */
  readonly path: string
  /** As in a config.json. */
  readonly config: unknown
  readonly tokenizerJson: string
  /** null: nothing names one. */
  readonly endToken: number | null
  /** null: the policy was not made to chat. */
  readonly chat: ChatTemplate | null
  readonly tensors: ReadonlyMap<string, StoredTensor>
  close(): Promise<void>
}
