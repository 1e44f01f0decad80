import { exportDashboard } from '../../dashboard/api/export.ts'
import { memoByVersion } from '../../dashboard/api/memo.ts'
import { readResource } from '../../dashboard/api/resources.ts'
import { serveDashboard } from '../../dashboard/api/serve.ts'
import { buildPage } from '../../dashboard/build-page.ts'
import { systemClock } from '../../shared/clock.ts'
import { SubnetError } from '../../shared/errors.ts'
import { untilAborted } from '../lifecycle.ts'
import { createLogger } from '../logger.ts'
import type { DashboardValues } from './dashboard-settings.ts'
import { openSources } from './open-sources.ts'

/** Answers that are remembered while nothing changes. */
const keptAnswers = 128

/** A rollout that could not be derived, say because a miner's store was away, is tried again when asked for. */
function isWhole(answer: unknown): boolean {
  return (answer as { readonly failure?: unknown }).failure == null
}

/** Serves the page until the signal aborts. @param onUrl told where it is */
export async function startDashboard(
  values: DashboardValues,
  signal: AbortSignal,
  onUrl: (url: string) => void,
): Promise<void> {
  const log = createLogger('dashboard', 'info')
  const { sources, watch, close } = await openSources(values, signal)
  const remember = memoByVersion<unknown>(() => watch.pulse().version, keptAnswers, isWhole)
  const read = (path: string) => remember(path, () => readResource(sources, path))
  try {
    // Whoever opens the page first shall not wait for the first look.
    await watch.look()
    await read('overview.json')
    const server = await serveDashboard({
      ...{ host: values.host, port: values.port, page: await buildPage(null), watch },
      read,
      onFailure(path, error) {
        const { code, message } =
          error instanceof SubnetError ? error : { code: 'UNEXPECTED', message: String(error) }
        if (code !== 'NOT_FOUND') log.warn('failed to answer', { path, code, why: message })
      },
    })
    try {
      onUrl(server.url)
      await Promise.race([watch.run(signal), untilAborted(signal)])
    } finally {
      await server.close()
    }
  } finally {
    await close()
  }
}

/** Writes the page with what it shows now, for any static server. */
export async function exportPage(
  values: DashboardValues,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const { sources, close } = await openSources(values, signal)
  try {
    sources.findings.look()
    const page = await buildPage(new Date(systemClock.nowMs()))
    const files = await exportDashboard(sources, page, directory, (step) => console.log(step))
    console.log(`${files} files in ${directory}: serve that folder with any web server`)
  } finally {
    await close()
  }
}
