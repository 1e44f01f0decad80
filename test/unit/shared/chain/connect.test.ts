import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openChain } from '../../../../shared/chain/connect.ts'
import { signerOf } from '../../../../shared/chain/send-transaction.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A JSON-RPC endpoint on loopback that knows one answer. */
async function serve(answer: object): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const calls: { id: number }[] = [JSON.parse(body)].flat()
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(calls.map(({ id }) => ({ jsonrpc: '2.0', id, ...answer }))))
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('openChain', () => {
  it('opens the expected chain, without a signer unless given one', async () => {
    const chain = await openChain({ rpcUrl: await serve({ result: '0x7a69' }), chainId: 31_337 })
    expect(() => signerOf(chain)).toThrow(expect.objectContaining({ code: 'CHAIN_NO_SIGNER' }))
  })

  it('names both chains when the endpoint serves another', async () => {
    const rpcUrl = await serve({ result: '0x1' })
    await expect(openChain({ rpcUrl, chainId: 31_337 })).rejects.toMatchObject({
      code: 'CHAIN_ID_MISMATCH',
      retryable: false,
      details: { actual: 1, expected: 31_337 },
    })
  })

  it('takes nonsense for an outage, not for another chain', async () => {
    const rpcUrl = await serve({ result: 'no such thing' })
    await expect(openChain({ rpcUrl, chainId: 31_337 })).rejects.toMatchObject({
      code: 'CHAIN_UNREACHABLE',
      retryable: true,
    })
  })

  it('may be tried again when nothing answers', async () => {
    const rpcUrl = await serve({ result: '0x1' })
    await new Promise((resolve) => servers.splice(0)[0].close(resolve))
    await expect(openChain({ rpcUrl, chainId: 1 })).rejects.toMatchObject({
      code: 'CHAIN_UNREACHABLE',
      retryable: true,
    })
  })
})
