import { type FileHandle, open } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'

/** What a parent writes to the beacon process. The secret travels by stdin or a private file, never in argv. */
const beaconConfig = z.strictObject({
  /** 32 bytes of hex. */
  secretKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '32 bytes of lower-case hex')
    .transform((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
  genesisTime: z.int().min(0),
  period: z.int().min(1).max(3600),
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535),
})

export type BeaconConfig = z.infer<typeof beaconConfig>

/**
 * Reads the configuration from a file that only its owner can read or, without one, from stdin.
 * @throws SubnetError BEACON_CONFIG_UNREADABLE, BEACON_CONFIG_EXPOSED, BEACON_CONFIG_INVALID (every mistake at
 *   once, without the values: one of them is the key)
 */
export async function readBeaconConfig(file: string | undefined): Promise<BeaconConfig> {
  const source = file ?? 'stdin'
  const json = parseJson(file === undefined ? await text(process.stdin) : await readPrivateFile(file), source)
  const parsed = beaconConfig.safeParse(json)
  if (parsed.success) return parsed.data
  throw new SubnetError(
    'BEACON_CONFIG_INVALID',
    `the beacon configuration from ${source} is wrong: ${z.prettifyError(parsed.error)}`,
  )
}

async function readPrivateFile(file: string): Promise<string> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    if (((await handle.stat()).mode & 0o077) !== 0)
      throw new SubnetError(
        'BEACON_CONFIG_EXPOSED',
        `${file} holds a secret key and other users may read it: run chmod 600 on it and use a new key`,
      )
    return await handle.readFile('utf8')
  } catch (cause) {
    if (cause instanceof SubnetError) throw cause
    throw new SubnetError(
      'BEACON_CONFIG_UNREADABLE',
      `cannot read the beacon configuration ${file}: ${(cause as Error).message}`,
      { cause },
    )
  } finally {
    await handle?.close()
  }
}

/** The parser's own message may quote the text, and with it the key; it is not passed on. */
function parseJson(json: string, source: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new SubnetError('BEACON_CONFIG_INVALID', `the beacon configuration from ${source} is not JSON`)
  }
}
