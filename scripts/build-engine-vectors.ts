import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Hex, keccak256, stringToBytes } from 'viem'
import { embeddedCheckpoints } from '../cli/roles/checkpoint-roots.ts'
import { readCheckpoint } from '../model/checkpoint/read-checkpoint.ts'
import { openSession } from '../model/runtime/open-session.ts'
import { loadTokenizer } from '../model/tokenizer/tokenizer.ts'
import { findEnvironment } from '../shared/environments/registry.ts'
import { deriveChallenge } from '../shared/protocol/challenge.ts'
import { owedToken, samplingUniforms } from '../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../shared/protocol/seed.ts'
import { sketchPosition, sketchSigns } from '../shared/protocol/sketch.ts'

const windowSeed = keccak256(stringToBytes('engine vectors'))
const miner = 3
const sketchStep = 2 ** -16
const maxTokens = 12

/** Two rollouts of the embedded policy under the portable kernels, whose bits are the same on every machine. */
async function rollouts() {
  const checkpoint = await readCheckpoint(join(embeddedCheckpoints, 'default'))
  const { manifest } = checkpoint
  const { endToken } = manifest.sampling
  const session = await openSession(checkpoint, 'exact')
  const environment = findEnvironment(manifest.environment.id)
  const asked = { environment, codec: loadTokenizer(checkpoint.tokenizerJson), session, manifest }
  const owed = [0, 1].map((group) => ({ group, rollout: 5 * group }))
  const prompts = owed.map(({ group }) => deriveChallenge(asked, windowSeed, miner, group).prompt)
  const uniforms = owed.map(({ group, rollout }) =>
    samplingUniforms(windowSeed, miner, group, rollout, maxTokens),
  )
  const logits: Float32Array[][] = owed.map(() => [])
  const logProbabilities: number[][] = owed.map(() => [])
  const completions = await session.generate(prompts, { maxTokens, endToken }, (row, step, at) => {
    const token = owedToken(at.probabilities, uniforms[row][step])
    logits[row].push(at.logits.slice())
    logProbabilities[row].push(at.logProbabilities[token])
    return token
  })
  await session.close()
  return owed.map(({ group, rollout }, row) => {
    const tokens = completions[row]
    const seed = tokenBoundSeed('sketch', windowSeed, hashTokens(tokens), miner, group, rollout)
    return {
      group,
      rollout,
      prompt: prompts[row],
      logits: logits[row].map(toBase64),
      tokens,
      logProbabilities: logProbabilities[row],
      sketches: logits[row].flatMap((at, position) => [
        ...sketchPosition(at, sketchSigns(seed, position, at.length), sketchStep),
      ]),
    }
  })
}

/** Numbers that both sides make from a formula, for vocabularies too large to write down. */
function large(vocabulary: number, position: number) {
  const seed: Hex = keccak256(stringToBytes(`large ${vocabulary}`))
  const logits = Float32Array.from({ length: vocabulary }, (_, i) => ((i * 7919) % 4093) / 64 - 31)
  const probabilities = Float32Array.from({ length: vocabulary }, (_, i) => ((i * 7919) % 4093) / 2 ** 20)
  const uniforms = [0, 2 ** -53, 0.25, 0.7, 1 - 2 ** -53]
  return {
    vocabulary,
    position,
    seed,
    owed: uniforms.map((uniform) => ({ uniform, token: owedToken(probabilities, uniform) })),
    sketch: sketchPosition(logits, sketchSigns(seed, position, vocabulary), sketchStep),
  }
}

/** What engines outside this program must derive alike: integrations/python reads the same file. */
export async function buildEngineVectors(): Promise<string> {
  const vectors = {
    description:
      'What an engine owes. Logits are little-endian float32 in base64, one string a position. Of the large ones, logit i is (7919 i mod 4093) / 64 - 31 and probability i is (7919 i mod 4093) / 2^20. Regenerate with scripts/build-engine-vectors.ts.',
    task: { windowSeed, miner, sketchStep, sampling: { temperature: 1, maxTokens, endToken: 0 } },
    rollouts: await rollouts(),
    large: [large(129, 3), large(49_152, 0), large(151_936, 200)],
  }
  return `${JSON.stringify(vectors, null, 1)}\n`
}

function toBase64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../test/vectors/engines.json', import.meta.url), await buildEngineVectors())
}
