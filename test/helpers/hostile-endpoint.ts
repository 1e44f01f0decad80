import { createServer } from 'node:http'
import fc from 'fast-check'
import type { Hex } from 'viem'
import { closeServer, listen } from '../../shared/http/listen.ts'
import { hostileDocuments } from './hostile-json.ts'

interface Call {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

/** A JSON-RPC endpoint on loopback whose answers a test decides, call by call. */
export interface Endpoint {
  readonly url: string
  /** What to answer: a whole reply but its id, or the text of the whole body. */
  answer: (call: Call) => { readonly reply: unknown } | { readonly body: string }
  close(): Promise<void>
}

export async function startEndpoint(): Promise<Endpoint> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const asked = JSON.parse(body)
    const answers = [asked].flat().map((call: Call) => ({ call, answer: endpoint.answer(call) }))
    const whole = answers.map(({ answer }) => answer).find((answer) => 'body' in answer)
    response.setHeader('content-type', 'application/json')
    if (whole) return response.end(whole.body)
    const replies = answers.map(({ call, answer }) => ({
      ...{ jsonrpc: '2.0', id: call.id },
      ...(answer as { reply: object }).reply,
    }))
    response.end(JSON.stringify(Array.isArray(asked) ? replies : replies[0]))
  })
  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  const endpoint: Endpoint = {
    url,
    answer: () => ({ body: '' }),
    close: () => closeServer(server),
  }
  return endpoint
}

/** Return data near a valid one: words set to limits, cut, doubled, or no data at all. */
export function hostileData(valid: Hex): fc.Arbitrary<unknown> {
  const words = fc.constantFrom(
    '00'.repeat(32),
    'ff'.repeat(32),
    `${'00'.repeat(31)}01`,
    `${'00'.repeat(24)}ff${'00'.repeat(7)}`,
  )
  return fc.oneof(
    fc.record({ word: fc.nat(Math.max(0, (valid.length - 2) / 64 - 1)), put: words }).map(({ word, put }) => {
      const at = 2 + 64 * word
      return valid.slice(0, at) + put + valid.slice(at + 64)
    }),
    fc.nat(valid.length).map((length) => valid.slice(0, length)),
    fc.constant(`${valid}${valid.slice(2)}`),
    fc.constantFrom<unknown>(
      '0x',
      '0x0',
      '',
      'latest',
      null,
      0,
      1e308,
      [],
      {},
      true,
      `0x${'zz'.repeat(32)}`,
      '0'.repeat(64),
    ),
  )
}

/** Replies near a valid one: another result, an error of some shape, or no reply. */
export function hostileReplies(results: fc.Arbitrary<unknown>): fc.Arbitrary<ReturnType<Endpoint['answer']>> {
  const errors = fc.constantFrom<unknown>(
    { code: -32_000, message: 'execution reverted', data: '0x08c379a0' },
    { code: 3, message: 'execution reverted', data: `0x${'ff'.repeat(36)}` },
    { code: 'three', message: null },
    { code: -32_601, message: 'no such method' },
    'an error',
    [],
  )
  return fc.oneof(
    { weight: 6, arbitrary: results.map((result) => ({ reply: { result } })) },
    { weight: 1, arbitrary: errors.map((error) => ({ reply: { error } })) },
    { weight: 1, arbitrary: hostileDocuments({ result: '0x' }).map((reply) => ({ reply })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('', 'null', '[]', '{}', '1', '"', '[null]', '[{}]', '{"id":1}')
        .map((body) => ({ body })),
    },
  )
}
