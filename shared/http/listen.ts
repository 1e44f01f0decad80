import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SubnetError } from '../errors.ts'

/**
 * Binds a server; port 0 takes any free one.
 * @returns its URL, without a trailing slash
 * @throws SubnetError PORT_IN_USE, LISTEN_FAILED
 */
export async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    const details = { host, port }
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new SubnetError(
        'PORT_IN_USE',
        `port ${port} on ${host} is taken by another process: stop that process or choose another port`,
        { details, cause },
      )
    throw new SubnetError(
      'LISTEN_FAILED',
      `cannot listen on ${host} port ${port}: ${(cause as Error).message}; choose an address of this machine and a port that this user may bind`,
      { details, cause },
    )
  }
  const { address, port: bound } = server.address() as AddressInfo
  return `http://${address.includes(':') ? `[${address}]` : address}:${bound}`
}

/** Ends open connections too: a client that keeps one alive must not keep a role from stopping. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
