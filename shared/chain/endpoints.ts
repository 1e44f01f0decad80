import {
  createTransport,
  fallback,
  HttpRequestError,
  http,
  ResourceUnavailableRpcError,
  TimeoutError,
  type Transport,
} from 'viem'
import { type Clock, systemClock } from '../clock.ts'
import { SubnetError } from '../errors.ts'

/** One exchange with an endpoint, for whoever measures. */
export interface EndpointCall {
  /** Its host: a URL may carry a key. */
  readonly endpoint: string
  readonly method: string
  readonly ms: number
  readonly ok: boolean
}

export interface EndpointState {
  readonly endpoint: string
  /** `lagging`: behind the others. `refused`: it serves another chain. */
  readonly state: 'serving' | 'silent' | 'lagging' | 'refused'
  readonly head: bigint | null
  readonly chainId: number | null
}

export interface Endpoints {
  readonly transport: Transport
  /**
   * Asks every endpoint which chain it serves and how far it is. One of another chain is asked for nothing else; one
   * that is silent or lags is passed over while another serves.
   */
  check(): Promise<readonly EndpointState[]>
}

interface Endpoint {
  readonly name: string
  readonly transport: Transport
  state: EndpointState['state']
  head: bigint | null
  /** What it told since it was last silent. */
  chainId: number | null
}

const unheard = { state: 'silent', head: null, chainId: null } as const

/** Blocks that an endpoint may be behind the foremost: they hear of a block at different moments. */
const mostLag = 3n
/** A check must not wait for one that hangs. */
const checkTimeoutMs = 5_000

/**
 * Several endpoints of one chain as one: the first that serves answers, and the next steps in when it fails. Signed
 * transactions go to all of them, as any one may drop what it is given.
 * @param observe hears of every exchange
 */
export function openEndpoints({
  urls,
  chainId,
  observe = () => {},
  clock = systemClock,
}: {
  urls: readonly string[]
  chainId: number
  observe?: ((call: EndpointCall) => void) | undefined
  clock?: Clock
}): Endpoints {
  const names = urls.map((url) => new URL(url).host)
  const endpoints = urls.map((url, i): Endpoint => {
    const name = names.indexOf(names[i]) === i ? names[i] : `${names[i]} (${i + 1})`
    const measured = measure(http(url, { batch: true }), (method, ms, ok) =>
      observe({ endpoint: name, method, ms, ok }),
    )
    return { name, transport: measured, state: 'serving', head: null, chainId: null }
  })

  function measure(inner: Transport, note: (method: string, ms: number, ok: boolean) => void): Transport {
    return (options) => {
      const opened = inner(options)
      const request: typeof opened.request = async (call, more) => {
        const startedMs = clock.elapsedMs()
        const end = (ok: boolean) => note(call.method, clock.elapsedMs() - startedMs, ok)
        try {
          const answer = await opened.request(call, more)
          if (call.method.startsWith('eth_')) requireSense(answer)
          end(true)
          return answer as never
        } catch (error) {
          end(false)
          throw error
        }
      }
      return { ...opened, request }
    }
  }

  /** Passes over what is refused or lags; asks for the chain first where that is not known yet. */
  function guard(endpoint: Endpoint): Transport {
    return (options) => {
      const opened = endpoint.transport(options)
      const request: typeof opened.request = async (call, more) => {
        if (endpoint.chainId === null) {
          endpoint.chainId = Number(await opened.request({ method: 'eth_chainId' }))
          if (endpoint.chainId !== chainId) endpoint.state = 'refused'
        }
        if (endpoint.state === 'refused') throw otherChain(endpoint, chainId)
        const better = endpoints.some(({ state }) => state === 'serving')
        if (endpoint.state !== 'serving' && better) throw new Error(`${endpoint.name} is ${endpoint.state}`)
        try {
          return (await opened.request(call, more)) as never
        } catch (error) {
          const silent = error instanceof HttpRequestError || error instanceof TimeoutError
          if (silent && endpoints.length > 1) Object.assign(endpoint, unheard)
          throw error
        }
      }
      return { ...opened, request }
    }
  }

  const guarded = endpoints.map(guard)
  const transport: Transport = (options) => {
    const reads = fallback(guarded)(options)
    const each = guarded.map((open) => open({ ...options, retryCount: 0 }))
    const broadcast = async (call: { method: string; params?: unknown }) => {
      const answers = await Promise.allSettled(each.map(({ request }) => request(call)))
      const taken = answers.find((answer) => answer.status === 'fulfilled')
      if (taken) return taken.value
      throw (answers[0] as PromiseRejectedResult).reason
    }
    return createTransport({
      ...{ key: 'endpoints', name: 'Endpoints', type: 'endpoints', retryCount: 0 },
      request: (async (call: { method: string; params?: unknown }) =>
        call.method === 'eth_sendRawTransaction' ? broadcast(call) : reads.request(call)) as never,
    })
  }

  async function look(endpoint: Endpoint): Promise<void> {
    const { request } = endpoint.transport({ retryCount: 0, timeout: checkTimeoutMs })
    try {
      const [actual, head] = await Promise.all([
        request({ method: 'eth_chainId' }),
        request({ method: 'eth_blockNumber' }),
      ])
      endpoint.chainId = Number(actual)
      endpoint.head = BigInt(head as string)
      endpoint.state = endpoint.chainId === chainId ? 'serving' : 'refused'
    } catch {
      Object.assign(endpoint, unheard)
    }
  }

  return {
    transport,
    async check() {
      await Promise.all(endpoints.map(look))
      const serving = endpoints.filter(({ state }) => state === 'serving')
      const foremost = serving.reduce((best, { head }) => (head !== null && head > best ? head : best), 0n)
      for (const endpoint of serving) {
        if (endpoint.head !== null && foremost - endpoint.head > mostLag) endpoint.state = 'lagging'
      }
      return endpoints.map(({ name, state, head, chainId: actual }) => {
        return { endpoint: name, state, head, chainId: actual }
      })
    },
  }
}

/** All text that a node answers with is hexadecimal. Whoever says something else is asked as little as one who is silent. */
function requireSense(answer: unknown): void {
  if (typeof answer !== 'string' || /^0x[0-9a-f]*$/i.test(answer)) return
  throw new ResourceUnavailableRpcError(
    new TypeError(`the endpoint answers with nonsense: ${answer.slice(0, 64)}`),
  )
}

/** A chain that is told by name: its endpoint may be one of several. */
export function otherChain(
  { name, chainId: actual }: { readonly name: string; readonly chainId: number | null },
  expected: number,
): SubnetError {
  return new SubnetError(
    'CHAIN_ID_MISMATCH',
    `${name} serves chain ${actual}, but the subnet is on chain ${expected}. Use an endpoint of chain ${expected}, or the other subnet's deployment file.`,
    { details: { endpoint: name, actual, expected } },
  )
}
