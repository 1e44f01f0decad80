import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Log } from '../../shared/log.ts'
import { openPeer, type Peer } from '../../shared/relay/peer.ts'
import { type DirectoryStore, directoryStore } from '../../shared/store/directory-store.ts'
import { serveOnLoopback } from './loopback.ts'

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rollproof-relay-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

export async function temporaryStore(): Promise<DirectoryStore> {
  return directoryStore(join(await temporaryDirectory(), 'pieces'))
}

type Answer = (bytes: Buffer, response: ServerResponse, request: IncomingMessage) => void

/** A peer of a kind: what it does with the bytes that an honest one would send. */
export interface Relay {
  readonly peer: Peer
  readonly url: string
  /** Hashes that it was asked for, in order. */
  readonly asked: string[]
}

export async function startRelay(
  store: DirectoryStore,
  answer: Answer = (bytes, response) => response.end(bytes),
  limits: { timeoutMs?: number; stallTimeoutMs?: number } = {},
): Promise<Relay> {
  const asked: string[] = []
  const origin = await serveOnLoopback((request, response) => {
    const hash = request.url?.split('/').at(-1) ?? ''
    asked.push(hash)
    store.fetch(hash, { maxBytes: 2 ** 31 }).then(
      (bytes) => answer(Buffer.from(bytes), response, request),
      () => response.writeHead(404).end(),
    )
  })
  const url = `${origin}/bundles`
  return { peer: openPeer(url, limits), url, asked }
}

export const hostileAnswers: Readonly<Record<string, Answer>> = {
  'wrong bytes': (bytes, response) => response.end(bytes.map((byte) => byte ^ 1)),
  'the bytes of nothing': (_, response) => response.end(),
  'half of the bytes under the whole length': (bytes, response) => {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
  },
  'half of the bytes as if it were all': (bytes, response) =>
    response.end(bytes.subarray(0, bytes.length / 2)),
  'an announced length that is too large': (bytes, response) => {
    response.writeHead(200, { 'content-length': 2 ** 40 })
    response.write(bytes)
  },
  'a length that is too small': (bytes, response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${bytes.toString('latin1')}`)
  },
  'more bytes than a piece has, without a length': (_, response) => {
    response.writeHead(200)
    const pour = () => {
      while (response.write(Buffer.alloc(2 ** 18)));
      response.once('drain', pour)
    }
    pour()
  },
  'a redirect to a private host': (_, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  'an error': (_, response) => response.writeHead(500).end(),
  'no HTTP': (_, response) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'),
}

export interface RecordedLog extends Log {
  readonly lines: { message: string; fields: Readonly<Record<string, unknown>> }[]
}

export function recordLog(): RecordedLog {
  const lines: RecordedLog['lines'] = []
  const write: Log['info'] = (message, fields = {}) => void lines.push({ message, fields })
  return { lines, debug: write, info: write, warn: write, error: write }
}
