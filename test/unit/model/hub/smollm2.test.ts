import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Checkpoint } from '../../../../model/checkpoint/checkpoint.ts'
import { chatFrame } from '../../../../model/hub/chat-frame.ts'
import { importPolicy } from '../../../../model/hub/import-policy.ts'
import { openPolicyFiles } from '../../../../model/hub/open-policy-files.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import type { PolicySession } from '../../../../model/session.ts'
import { loadTokenizer } from '../../../../model/tokenizer/tokenizer.ts'
import { promptTokens } from '../../../../shared/protocol/challenge.ts'
import { importChoices } from '../../../helpers/import-choices.ts'
import { realModelPath } from '../../../helpers/real-model.ts'
import vectors from '../../../vectors/smollm2.json' with { type: 'json' }

const path = realModelPath(vectors.file)

describe.skipIf(path === undefined)('SmolLM2-135M, from a GGUF file', () => {
  let checkpoint: Checkpoint
  let session: PolicySession
  beforeAll(async () => {
    checkpoint = await importPolicy(path as string, importChoices)
    session = await openSession(checkpoint, 'fast')
  }, 300_000)
  afterAll(() => session.close())

  it('reads text in three languages as the same tokens as its own library', () => {
    const tokenizer = loadTokenizer(checkpoint.tokenizerJson, checkpoint.manifest.sampling.endToken)
    for (const { text, tokens } of vectors.prompts) {
      expect(tokenizer.encode(text)).toEqual(tokens)
      expect(tokenizer.decode(tokens)).toBe(text)
    }
  })

  it('asks problems as its own library does in a chat', async () => {
    const tokenizer = loadTokenizer(checkpoint.tokenizerJson, checkpoint.manifest.sampling.endToken)
    const files = await openPolicyFiles(path as string)
    try {
      for (const { instruction, problem, tokens } of vectors.chats) {
        const frame = await chatFrame(files, instruction)
        expect(promptTokens(tokenizer, 8192, { maxTokens: 256, frame }, `${problem}\n`)).toEqual(tokens)
      }
    } finally {
      await files.close()
    }
  }, 60_000)

  it.each(vectors.prompts)(
    'gives the logits that its own library computes after: $text',
    async ({ tokens, at }) => {
      const [first, ...rest] = tokens
      const far: number[] = []
      // The distribution after token p is the one that token p + 1 is drawn from.
      await session.score([{ prompt: [first], completion: [...rest, 0] }], (_, step, { logits }) => {
        const found = at.find(({ position }) => position === step)
        if (found) far.push(...found.ids.map((id, i) => Math.abs(logits[id] - found.logits[i])))
      })
      expect(far.length).toBeGreaterThan(100)
      expect(Math.max(...far)).toBeLessThan(1e-3)
    },
    60_000,
  )
})
