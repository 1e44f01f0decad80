import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of this machine; null where there is none, as `npm install` brings none. */
export const chromiumPath: string | null = places.find(existsSync) ?? null

/** Without its sandbox, which needs more than a container gives: it only ever sees pages of ours. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: String(chromiumPath), args: ['--no-sandbox'], timeout: 120_000 })
}
