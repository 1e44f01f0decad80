import { formatUnits, parseUnits } from 'viem'
import { z } from 'zod'

const decimals = 18

/** Tokens as people write them; in the program, token units. */
export const tokenAmount: z.ZodType<bigint, string> = z
  .string()
  .regex(/^\d{1,40}(\.\d{1,18})?$/, 'must be a positive amount of tokens')
  .transform((tokens) => parseUnits(tokens, decimals))

export function formatTokens(units: bigint): string {
  return formatUnits(units, decimals)
}
