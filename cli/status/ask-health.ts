import type { Address } from 'viem'
import { isAddressEqual } from 'viem'
import { z } from 'zod'

const timeoutMs = 2000

const shape = z.object({
  key: z.custom<Address>((value) => /^0x[0-9a-f]{40}$/i.test(String(value))),
  healthy: z.boolean(),
  ready: z.boolean(),
  complaints: z.array(z.object({ code: z.string(), why: z.string() })),
})

/** What a role says of itself. */
export type SaidHealth = Pick<z.infer<typeof shape>, 'healthy' | 'ready' | 'complaints'>

/** Asks the role that signs with `key`; null where nobody answers, or somebody else does. */
export async function askHealth(
  { host, port }: { readonly host: string; readonly port: number },
  key: Address,
): Promise<SaidHealth | null> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(`http://${host}:${port}/readyz`, { signal })
    const { key: theirs, ...said } = shape.parse(await response.json())
    return isAddressEqual(theirs, key) ? said : null
  } catch {
    return null
  }
}
