const sizes = {
  vocab_size: 53,
  hidden_size: 36,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 44,
  max_position_embeddings: 64,
}

/** A tiny policy of every family, as its config.json says it. */
export const policies = {
  llama: { ...sizes, model_type: 'llama', head_dim: 12, rms_norm_eps: 1e-5, rope_theta: 500_000 },
  smollm2: { ...sizes, model_type: 'llama', head_dim: 8, tie_word_embeddings: true, rms_norm_eps: 1e-5 },
  qwen2: { ...sizes, model_type: 'qwen2', hidden_size: 32, rope_theta: 1_000_000, tie_word_embeddings: true },
  qwen3: { ...sizes, model_type: 'qwen3', head_dim: 12, rope_theta: 1_000_000 },
} as const
