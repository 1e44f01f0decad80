/**
 * How long a browser takes to paint the dashboard, and to show its figures, with 256 miners, 64 validators and 1,000
 * audited rollouts: a new browser profile each time, the median of several. Needs Chromium.
 */
import { spread } from '../bench/spread.ts'
import { chromiumPath, launchChromium } from '../test/helpers/chromium.ts'
import { crowdWeights } from '../test/helpers/dashboard-history.ts'
import { startTestDashboard } from '../test/helpers/dashboard-server.ts'

const runs = 9
if (chromiumPath === null) throw new Error('no Chromium on this machine; on Debian: apt-get install chromium')
const dashboard = await startTestDashboard(1000, crowdWeights(256, 64))
const browser = await launchChromium()
try {
  const measured: { paint: number; figures: number; shift: number }[] = []
  for (let run = 0; run < runs; run++) {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.addInitScript(() => {
      const seen = globalThis as unknown as { shift: number }
      seen.shift = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.goto(dashboard.url)
    await page.waitForSelector('#rollouts tbody tr')
    const figures = await page.evaluate(() => performance.now())
    await page.waitForSelector('.proposal')
    measured.push(
      await page.evaluate((figures) => {
        const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime
        return { paint, figures, shift: (globalThis as unknown as { shift: number }).shift }
      }, figures),
    )
    await context.close()
  }
  const { paint, figures, shift } = spread(measured)
  console.log(`first paint ${paint.median.toFixed(0)} ms, rollouts shown ${figures.median.toFixed(0)} ms`)
  console.log(`cumulative layout shift ${shift.median.toFixed(3)}; medians of ${runs} runs`)
} finally {
  await browser.close()
  await dashboard.close()
}
