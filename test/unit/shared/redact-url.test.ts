import { expect, it } from 'vitest'
import { redactUrl } from '../../../shared/redact-url.ts'

it.each([
  ['https://rpc.example.org', 'https://rpc.example.org'],
  ['http://127.0.0.1:8545/', 'http://127.0.0.1:8545'],
  ['https://eth.example/v2/AbCdEfGhIjKlMnOpQrStUv', 'https://eth.example/v2/…'],
  ['https://user:secret@rpc.example/x', 'https://…@rpc.example/x'],
  ['https://rpc.example/?apikey=secret', 'https://rpc.example?…'],
  ['not a url', 'not a url'],
])('%s is shown as %s', (given, shown) => {
  expect(redactUrl(given)).toBe(shown)
})
