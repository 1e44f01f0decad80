import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestDashboard, type TestDashboard } from '../../helpers/dashboard-server.ts'

let dashboard: TestDashboard
beforeAll(async () => {
  dashboard = await startTestDashboard(300)
})
afterAll(() => dashboard.close())

interface Answer {
  readonly status: number | undefined
  readonly headers: Record<string, unknown>
  readonly body: string
}

/** Not by `fetch`: it would choose `Host` itself. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, dashboard.url), { method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    asked.on('error', reject).end()
  })
}

describe('the server', () => {
  it('gives page, script and style, and forbids every script but its own file', async () => {
    const page = await ask('/')
    expect(page.status).toBe(200)
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(page.body).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/)
    for (const [, file] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await ask(`/${file}`)).status, file).toBe(200)
    }
  })

  it.each(['/', '/main.js', '/api/overview.json', '/api/events'])(
    'refuses %s under a foreign name',
    async (path) => {
      const { status, body } = await ask(path, { host: 'rebound.example' })
      expect(status).toBe(403)
      expect(body).not.toContain('devnet')
    },
  )

  it('refuses another origin, and every method that could change something', async () => {
    expect((await ask('/api/overview.json', { origin: 'http://evil.example' })).status).toBe(403)
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect((await ask('/api/overview.json', {}, method)).status, method).toBe(405)
    }
  })

  it.each([
    '/api/',
    '/api/overview',
    '/api/weights/2.json',
    '/api/weights/-1.json',
    '/api/rollouts/all/none/0.json',
    '/api/../package.json',
    '/api/%2e%2e/package.json',
    '/package.json',
    '/web/app.tsx',
    '/api/constructor',
    '/__proto__',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await ask(path)
    expect(status).toBe(404)
    expect(JSON.parse(body).code).toBe('NOT_FOUND')
  })

  it('answers in bounded pages', async () => {
    const first = JSON.parse((await ask('/api/rollouts/all/all/0.json')).body)
    expect(first).toMatchObject({ page: 0, pages: 3, total: 300 })
    expect(first.rollouts).toHaveLength(100)
    expect(JSON.parse((await ask('/api/rollouts/1/rejected/9999.json')).body).rollouts).toEqual([])
  })

  it('tells an open page of every change', async () => {
    const events = await new Promise<string>((resolve, reject) => {
      const asked = request(new URL('/api/events', dashboard.url), { agent: false }, (response) => {
        let seen = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          seen += part
          if (seen.split('\n\n').length === 2) dashboard.say({ version: '5', block: 261 })
          if (!seen.includes('"block":261')) return
          asked.destroy()
          resolve(seen)
        })
      })
      asked.on('error', reject).end()
    })
    expect(events).toMatch(/^data: \{"version":"1","block":260,"failure":null\}\n\ndata: \{"version":"5"/)
  })
})
