import { createServer, request } from 'node:http'
import { closeServer, listen } from '../../shared/http/listen.ts'

/** Stands between a role and a server that it needs, as a bad network does. */
export interface FlakyProxy {
  readonly url: string
  /** While down, connections are cut without an answer. */
  setDown(down: boolean): void
  /** The next `count` requests are answered with 404. */
  missNext(count: number): void
  /** The next request whose body contains `text` reaches the server, but its answer is lost. */
  loseAnswerTo(text: string): void
  close(): Promise<void>
}

export async function startFlakyProxy(target: string): Promise<FlakyProxy> {
  let down = false
  let misses = 0
  let lost: string | null = null
  const server = createServer((incoming, answer) => {
    if (down) return void incoming.socket.destroy()
    if (misses > 0) {
      misses--
      return void answer.writeHead(404).end()
    }
    const chunks: Buffer[] = []
    incoming.on('data', (chunk) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      const { method, headers } = incoming
      const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, (reply) => {
        if (lost !== null && body.includes(lost)) {
          lost = null
          return void incoming.socket.destroy()
        }
        answer.writeHead(Number(reply.statusCode), reply.headers)
        reply.pipe(answer)
      })
      onward.on('error', () => incoming.socket.destroy()).end(body)
    })
  })
  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  return {
    url,
    setDown: (value) => {
      down = value
    },
    missNext: (count) => {
      misses = count
    },
    loseAnswerTo: (text) => {
      lost = text
    },
    close: () => closeServer(server),
  }
}
