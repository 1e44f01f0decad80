import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SubnetError } from '../../shared/errors.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { serveStore } from '../../shared/store/http-server.ts'
import { locateBundle } from '../../shared/store/locate.ts'
import { type Finding, fail, failed, ok, warn } from './finding.ts'

interface ServingValues {
  readonly dataDir: string
  readonly listen: string
  readonly publicUrl: string | undefined
  readonly allowPrivateHosts: boolean
}

/**
 * Serves something of no meaning for a moment and fetches it as a validator would: under the public URL. Where the
 * port is taken the role may be running already, and its own store is asked.
 */
export async function checkStore(values: ServingValues): Promise<Finding[]> {
  const dir = join(values.dataDir, `.doctor-${process.pid}`)
  const store = directoryStore(dir)
  const [host, port] = values.listen.split(':')
  try {
    const hash = await store.put(randomBytes(32))
    const server = await serveStore({ store, host, port: Number(port) })
    try {
      return [ok('store', `serves at ${server.url}`), await checkPublicUrl(values, server.url, hash)]
    } finally {
      await server.close()
    }
  } catch (error) {
    if (!(error instanceof SubnetError) || error.code !== 'PORT_IN_USE') {
      return [failed('store', error, 'choose another --listen, and a --data-dir that can be written')]
    }
    const fix = `fine if that is the role itself; else stop what listens on ${values.listen}, or choose another --listen`
    return [
      warn('store', `something listens on ${values.listen} already`, fix),
      await checkPublicUrl(values, '', null),
    ]
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** @param hash what is served; null where another process serves, whose store need not have anything */
async function checkPublicUrl(
  { publicUrl, allowPrivateHosts }: ServingValues,
  servedAt: string,
  hash: string | null,
): Promise<Finding> {
  const fix =
    'give --public-url the URL under which others reach --listen; open the port in firewall and router, and ask from outside, too'
  const url = publicUrl ?? servedAt
  try {
    const { source } = locateBundle(`${url}/${hash ?? '0'.repeat(64)}`, { allowPrivateHosts })
    await source.fetch(hash ?? '0'.repeat(64), { maxBytes: 1024 })
    return ok('public URL', `${url} gives what is served here`)
  } catch (error) {
    const { code } = error as { code?: string }
    if (hash === null && code === 'STORE_NOT_FOUND') return ok('public URL', `${url} answers as a store`)
    if (code === 'STORE_NOT_FOUND')
      return fail('public URL', `${url} answers, but not from this machine`, fix)
    return failed('public URL', error, fix)
  }
}
