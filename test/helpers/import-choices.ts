import { numericsOf } from '../../model/checkpoint/numerics.ts'
import type { ImportChoices } from '../../model/hub/import-policy.ts'

/** What a policy's files do not say, where a test does not care. */
export const importChoices: ImportChoices = {
  temperature: 1,
  maxTokens: null,
  endToken: null,
  frame: undefined,
  environment: { id: 'word-problems', parametersHash: `0x${'11'.repeat(32)}` },
  numerics: numericsOf('fast').numerics,
  parent: null,
}
