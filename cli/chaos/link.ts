import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { closeServer, listen } from '../../shared/http/listen.ts'
import type { Lie, Trouble } from './fault.ts'
import { asOfBlock, concernsCalls, falseBeacon, falseReply } from './tell-lie.ts'

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Stands between a role and a server that it needs, and is honest until it is armed. */
export interface Link {
  readonly url: string
  /**
   * The next exchanges that the trouble can concern suffer it.
   * @param bites called at the first
   * @returns takes back what is left of it
   */
  arm(trouble: Trouble, exchanges: number, bites: () => void): () => void
  close(): Promise<void>
}

interface Armed {
  readonly trouble: Trouble
  left: number
  bites(): void
}

/** @param overhear hears every request that goes through, before the server does */
export async function openLink(
  target: string,
  overhear: (exchange: Exchange) => void = () => {},
): Promise<Link> {
  const armed: Armed[] = []
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy())
  })

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming
    const exchange = { method, path, headers, body: await buffer(incoming) }
    const next = armed.find(({ trouble, left }) => left > 0 && concerns(trouble, exchange))
    if (next) {
      if (next.left-- > 0) next.bites()
      if (next.left === 0) armed.splice(armed.indexOf(next), 1)
    }
    await suffer(next?.trouble ?? null, exchange, response)
  }

  async function suffer(
    trouble: Trouble | null,
    exchange: Exchange,
    response: ServerResponse,
  ): Promise<void> {
    const ask = (asked: Exchange) => forward(agent, target, asked)
    switch (trouble?.does) {
      case 'cut':
        return void response.destroy()
      case 'stall':
        await pause(trouble.ms, undefined, { ref: false })
        return void response.destroy()
      case 'refuse':
        return void response.writeHead(trouble.status).end()
      case undefined:
      case 'lose answer':
        overhear(exchange)
        break
    }
    if (trouble?.does === 'lie') return send(response, await answerFalsely(trouble.lie, exchange, ask))
    const answer = await ask(exchange)
    if (trouble?.does === 'lose answer') return void response.destroy()
    if (trouble?.does === 'corrupt')
      return send(response, { ...answer, body: flipBit(answer.body, trouble.atPpm) })
    if (trouble?.does !== 'truncate') return send(response, answer)
    const kept = answer.body.subarray(0, partOf(answer.body, trouble.atPpm))
    if (!trouble.announced) return send(response, { ...answer, body: kept })
    response.writeHead(answer.status, withoutLength(answer.headers, answer.body.length))
    response.write(kept, () => response.destroy())
  }

  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  return {
    url,
    arm(trouble, exchanges, bites) {
      let told = false
      const tell = () => {
        if (!told) bites()
        told = true
      }
      const entry: Armed = { trouble, left: exchanges, bites: tell }
      armed.push(entry)
      return () => {
        entry.left = 0
        if (armed.includes(entry)) armed.splice(armed.indexOf(entry), 1)
      }
    },
    async close() {
      await closeServer(server)
      agent.destroy()
    },
  }
}

/** Whether anybody would notice. */
function concerns(trouble: Trouble, { path, body }: Exchange): boolean {
  if (trouble.does === 'lose answer') return body.includes('eth_sendRawTransaction')
  if (trouble.does !== 'lie') return true
  if (trouble.lie.of === 'rpc') return concernsCalls(trouble.lie, callsOf(body).calls)
  return trouble.lie.says === 'other genesis' ? path.endsWith('/info') : /\/public\/\d+$/.test(path)
}

type Ask = (exchange: Exchange) => Promise<Answer>

async function answerFalsely(lie: Lie, exchange: Exchange, ask: Ask): Promise<Answer> {
  if (lie.of === 'relay') {
    const answer = await ask(exchange)
    const round = /\/public\/(\d+)$/.exec(exchange.path)?.[1]
    const before = round
      ? await ask({ ...exchange, path: exchange.path.replace(/\d+$/, String(BigInt(round) - 1n)) })
      : null
    if (answer.status !== 200) return answer
    return {
      ...answer,
      body: toJson(falseBeacon(lie, JSON.parse(`${answer.body}`), before && JSON.parse(`${before.body}`))),
    }
  }
  const { calls, batch } = callsOf(exchange.body)
  const block = lie.says === 'earlier block' ? await blockBefore(lie.blocks, exchange, ask) : null
  const asked = block === null ? calls : calls.map((call) => asOfBlock(call, block))
  const answer = await ask({ ...exchange, body: toJson(batch ? asked : asked[0]) })
  const replies: Record<string, unknown>[] = [JSON.parse(`${answer.body}`)].flat()
  const told = replies.map((reply) => {
    const call = calls.find(({ id }) => id === reply.id)
    return call ? falseReply(lie, call, reply, block) : reply
  })
  return { ...answer, body: toJson(batch ? told : told[0]) }
}

async function blockBefore(blocks: number, exchange: Exchange, ask: Ask): Promise<bigint> {
  const body = toJson({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })
  const head = BigInt(JSON.parse(`${(await ask({ ...exchange, body })).body}`).result)
  return head > BigInt(blocks) ? head - BigInt(blocks) : 0n
}

function callsOf(body: Buffer): {
  calls: { id: unknown; method: string; params?: unknown[] }[]
  batch: boolean
} {
  const asked = JSON.parse(`${body}`)
  return { calls: [asked].flat(), batch: Array.isArray(asked) }
}

async function forward(agent: Agent, target: string, exchange: Exchange): Promise<Answer> {
  const { method, path, headers, body } = exchange
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const onward = { method, agent, headers: withoutLength(headers, body.length) }
    request(new URL(path, target), onward, resolve).on('error', reject).end(body)
  })
  return { status: Number(answer.statusCode), headers: answer.headers, body: await buffer(answer) }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, withoutLength(headers, body.length)).end(body)
}

/** Headers of one connection do not hold on another, and the body may have another length. */
function withoutLength(headers: IncomingHttpHeaders, length: number): IncomingHttpHeaders {
  const { connection, host, 'transfer-encoding': encoding, 'keep-alive': kept, ...rest } = headers
  return { ...rest, 'content-length': String(length) }
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function partOf(body: Buffer, atPpm: number): number {
  return Math.floor((body.length * atPpm) / 1_000_000)
}

function flipBit(body: Buffer, atPpm: number): Buffer {
  const other = Buffer.from(body)
  if (other.length > 0) other[partOf(body, atPpm)] ^= 1
  return other
}
