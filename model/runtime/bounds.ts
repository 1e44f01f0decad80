import { SubnetError } from '../../shared/errors.ts'
import type { ArchitectureConfig } from '../architecture/config.ts'

/** @throws SubnetError POLICY_SEQUENCE_TOO_LONG */
export function requireLength(config: ArchitectureConfig, row: number, length: number): void {
  if (length <= config.context) return
  throw new SubnetError(
    'POLICY_SEQUENCE_TOO_LONG',
    `Row ${row} needs ${length} tokens; the policy's context is ${config.context}. Shorten the prompt or maxTokens.`,
    { details: { row, length, context: config.context } },
  )
}

/**
 * The engine reads whatever an id points at, so ids are checked before they reach it.
 * @throws SubnetError POLICY_TOKEN_INVALID
 */
export function requireTokens(config: ArchitectureConfig, row: number, tokens: readonly number[]): void {
  const bad = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= config.vocabulary)
  if (bad === undefined) return
  throw new SubnetError(
    'POLICY_TOKEN_INVALID',
    `Row ${row} holds token ${bad}; the policy's tokens are 0 … ${config.vocabulary - 1}.`,
    { details: { row, token: bad, vocabulary: config.vocabulary } },
  )
}

/** @throws SubnetError POLICY_TOKEN_INVALID: without a token there is nothing to continue. */
export function requirePrompt(config: ArchitectureConfig, row: number, prompt: readonly number[]): void {
  requireTokens(config, row, prompt)
  if (prompt.length > 0) return
  throw new SubnetError('POLICY_TOKEN_INVALID', `Row ${row} has an empty prompt; give at least one token.`, {
    details: { row },
  })
}
