/** transformers.js: batched greedy `generate` on onnxruntime's native kernels. */
import { basename, dirname } from 'node:path'
import { compete } from './compete.ts'
import { importPeer } from './peer-package.ts'

/** The part of its interface that is used here. */
interface TransformersJs {
  readonly env: { allowRemoteModels: boolean; localModelPath: string }
  readonly AutoModelForCausalLM: {
    from_pretrained(
      name: string,
      options: object,
    ): Promise<{ generate(inputs: object): Promise<unknown>; dispose(): Promise<unknown> }>
  }
  readonly Tensor: new (type: string, data: BigInt64Array, shape: readonly number[]) => unknown
}

await compete(async ({ peers, weights, threads }) => {
  const { env, AutoModelForCausalLM, Tensor } = await importPeer<TransformersJs>(
    peers,
    '@huggingface/transformers',
  )
  env.allowRemoteModels = false
  env.localModelPath = dirname(weights)
  const model = await AutoModelForCausalLM.from_pretrained(basename(weights), {
    dtype: 'fp32',
    device: 'cpu',
    subfolder: '',
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  })
  return {
    async answer({ prompts, newTokens }, count) {
      const shape = [prompts.length, prompts[0].length]
      const size = prompts.length * prompts[0].length
      let told = 0
      await model.generate({
        inputs: new Tensor('int64', BigInt64Array.from(prompts.flat(), BigInt), shape),
        attention_mask: new Tensor('int64', new BigInt64Array(size).fill(1n), shape),
        do_sample: false,
        min_new_tokens: newTokens,
        max_new_tokens: newTokens,
        streamer: {
          // The first call tells of the prompts.
          put: () => {
            if (told++ === 0) return
            for (const row of prompts.keys()) count(row)
          },
          end() {},
        },
      })
    },
    async close() {
      await model.dispose()
    },
  }
})
