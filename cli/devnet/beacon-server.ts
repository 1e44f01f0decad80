import { createServer, type ServerResponse } from 'node:http'
import { type BeaconChain, toDrandInfo } from '../../shared/beacon/chain-info.ts'
import { roundAt } from '../../shared/beacon/rounds.ts'
import { type SignedRound, signRound, singleSignerChain } from '../../shared/beacon/sign-round.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import { closeServer, listen } from '../../shared/http/listen.ts'

export interface BeaconServer {
  readonly chain: BeaconChain
  /** A relay URL for `fetchRound`. */
  readonly url: string
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Record<string, string>
}

/** Signatures cost milliseconds each; roles ask for few rounds, each several times. */
const cachedRounds = 1024

/**
 * drand's HTTP API over a chain with one signer, for development. It never signs a round before its time: even
 * on one machine nobody may know a challenge or an audit beforehand.
 *
 * @param secretKey 32 bytes, from `deriveBeaconKey`
 * @param port 0 takes any free one
 * @throws SubnetError PORT_IN_USE, LISTEN_FAILED
 */
export async function startBeaconServer(options: {
  secretKey: Uint8Array
  /** Unix seconds of round 1. */
  genesisTime: number
  /** Whole seconds. */
  period: number
  host: string
  port: number
  clock?: Clock
}): Promise<BeaconServer> {
  const { secretKey, host, port, clock = systemClock } = options
  const chain = singleSignerChain(options)
  const sign = cachedSigner(secretKey)
  const nowSeconds = () => BigInt(Math.floor(clock.nowMs() / 1000))
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, { status: 405, body: { error: 'only GET' }, headers: { allow: 'GET, HEAD' } })
    send(response, answer(chain, sign, nowSeconds(), request.url ?? '/'))
  })
  const url = await listen(server, { host, port })
  return { chain, url, close: () => closeServer(server) }
}

function answer(
  chain: BeaconChain,
  sign: (round: bigint) => SignedRound,
  nowSeconds: bigint,
  requestUrl: string,
): Answer {
  const segments = requestUrl.split('?', 1)[0].split('/').filter(Boolean)
  const path = (segments[0] === chain.hash ? segments.slice(1) : segments).join('/')
  const latest = roundAt(chain, nowSeconds)
  if (path === 'chains') return { status: 200, body: [chain.hash] }
  if (path === 'health') return { status: 200, body: { current: Number(latest), expected: Number(latest) } }
  if (path === 'info') return { status: 200, body: toDrandInfo(chain) }
  const asked = /^public\/(latest|[1-9][0-9]{0,14})$/.exec(path)?.[1]
  if (asked === undefined) return { status: 404, body: { error: 'no such chain, path or round' } }
  const round = asked === 'latest' ? latest : BigInt(asked)
  if (round < 1n || round > latest)
    return { status: 425, body: { error: `round ${asked} is not due yet; the latest is ${latest}` } }
  return { status: 200, body: sign(round) }
}

function cachedSigner(secretKey: Uint8Array): (round: bigint) => SignedRound {
  const cache = new Map<bigint, SignedRound>()
  return (round) => {
    const known = cache.get(round)
    if (known) return known
    const signed = signRound(secretKey, round)
    if (cache.size === cachedRounds) cache.delete(cache.keys().next().value as bigint)
    cache.set(round, signed)
    return signed
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify(body))
}
