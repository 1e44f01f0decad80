/** llama.cpp through node-llama-cpp: one context with a sequence for each row, batched by the library. */
import { compete } from './compete.ts'
import { importPeer } from './peer-package.ts'

/** The part of its interface that is used here. */
interface NodeLlamaCpp {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<Model>; dispose(): Promise<void> }>
}
interface Model {
  createContext(options: object): Promise<{ getSequence(): Sequence }>
}
interface Sequence {
  evaluate(tokens: readonly number[], options: object): AsyncIterable<number>
  clearHistory(): Promise<void>
}

/** Prebuilt kernels only: nothing is built or fetched. */
const offline = { gpu: false, build: 'never', skipDownload: true, progressLogs: false }
/** Greedy, and an end token is a token like any other. */
const greedy = { temperature: 0, yieldEogToken: true }

await compete(async ({ peers, weights, threads, prompts, newTokens }) => {
  const { getLlama } = await importPeer<NodeLlamaCpp>(peers, 'node-llama-cpp')
  const llama = await getLlama({ ...offline, maxThreads: threads })
  const model = await llama.loadModel({ modelPath: weights })
  const context = await model.createContext({
    sequences: prompts.length,
    contextSize: prompts[0].length + newTokens + 1,
    threads,
  })
  const sequences = prompts.map(() => context.getSequence())
  return {
    async answer(assignment, count) {
      const rows = assignment.prompts.map(async (prompt, row) => {
        let given = 0
        await sequences[row].clearHistory()
        for await (const _token of sequences[row].evaluate(prompt, greedy)) {
          count(row)
          given += 1
          if (given === assignment.newTokens) break
        }
      })
      await Promise.all(rows)
    },
    close: () => llama.dispose(),
  }
})
