import { EMBEDDING, FINAL_NORM, HEAD } from '../../architecture/parameters.ts'
import type { StoredTensor } from '../stored-tensor.ts'
import type { GgufConfig } from './gguf-config.ts'

const OUTSIDE: Readonly<Record<string, string>> = {
  'token_embd.weight': EMBEDDING,
  'output_norm.weight': FINAL_NORM,
  'output.weight': HEAD,
}

const INSIDE: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

/** Tensors by the names that Hugging Face gives them; one that no layer of ours has keeps its name, and is refused by it. */
export function renameTensors(
  config: GgufConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
): ReadonlyMap<string, StoredTensor> {
  return new Map([...tensors].map(([name, stored]) => rename(config, name, stored)))
}

function rename(config: GgufConfig, name: string, stored: StoredTensor): [string, StoredTensor] {
  const [, layer, part, kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? []
  const module = part === undefined ? undefined : INSIDE[part]
  if (module === undefined) return [OUTSIDE[name] ?? name, stored]
  const renamed = `model.layers.${layer}.${module}.${kind}`
  // Only files of this architecture keep the rows of queries and keys in llama.cpp's order.
  if (config.model_type !== 'llama') return [renamed, stored]
  if (part === 'attn_q') return [renamed, { ...stored, pairedHeads: config.num_attention_heads }]
  if (part === 'attn_k') return [renamed, { ...stored, pairedHeads: config.num_key_value_heads }]
  return [renamed, stored]
}
