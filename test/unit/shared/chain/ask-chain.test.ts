import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { openChain } from '../../../../shared/chain/connect.ts'
import { closeServer, listen } from '../../../../shared/http/listen.ts'

let stop = async () => {}
afterEach(() => stop())

/** An endpoint that answers everything with one JSON-RPC error. */
async function endpoint(code: number, message: string): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const calls = [JSON.parse(body)].flat() as { id: number }[]
      const answers = calls.map(({ id }) => ({ jsonrpc: '2.0', id, error: { code, message } }))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(Array.isArray(JSON.parse(body)) ? answers : answers[0]))
    })
  })
  stop = () => closeServer(server)
  return listen(server, { host: '127.0.0.1', port: 0 })
}

test.each([
  [-32005, 'limit exceeded'],
  [-32002, 'resource unavailable'],
  [-32603, 'internal error'],
])('takes the answer %i of a busy endpoint for an outage that may pass', async (code, message) => {
  const rpcUrl = await endpoint(code, message)
  await expect(openChain({ rpcUrl, chainId: 1 })).rejects.toMatchObject({
    code: 'CHAIN_UNREACHABLE',
    retryable: true,
  })
})

test('does not try again what the endpoint does not offer', async () => {
  const rpcUrl = await endpoint(-32601, 'the method does not exist')
  await expect(openChain({ rpcUrl, chainId: 1 })).rejects.toMatchObject({
    code: 'CHAIN_FAILED',
    retryable: false,
  })
})
