import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { SubnetError } from '../../../shared/errors.ts'
import { chromiumPath, launchChromium } from '../../helpers/chromium.ts'
import { crowdWeights } from '../../helpers/dashboard-history.ts'
import { startTestDashboard, type TestDashboard } from '../../helpers/dashboard-server.ts'

const name = chromiumPath
  ? 'the page'
  : 'the page (skipped: no Chromium on this machine; on Debian: apt-get install chromium)'

describe.skipIf(chromiumPath === null)(name, () => {
  let browser: Browser
  let dashboard: TestDashboard

  beforeAll(async () => {
    dashboard = await startTestDashboard(1000)
    browser = await launchChromium()
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await dashboard?.close()
  })

  /** @returns what the page complained of, too: a blocked script or style is an error there */
  async function open(
    hash = '',
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext(options)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(45_000)
    const complaints: string[] = []
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(dashboard.url + hash)
    await page.waitForSelector('#miners table')
    return { page, complaints }
  }

  const text = async (page: Page, selector: string) =>
    (await page.innerText(selector)).replaceAll(/\s+/g, ' ')

  it('shows window, miners, verdicts, validators, clipped weights, checkpoints and proposals', async () => {
    const { page, complaints } = await open()
    await page.waitForSelector('#weights table')
    await page.waitForSelector('.proposal')
    expect(await text(page, '#loop')).toMatch(
      /Window 3 .*Miners answer window 3 20 blocks left 2 of 3 committed/,
    )
    expect(await text(page, '#miners tbody tr:nth-child(2)')).toContain('TOKEN_NOT_OWED ×500')
    expect(await text(page, '#validators tbody tr:nth-child(3)')).toContain('37.5 %')
    expect(await text(page, '#weights tbody tr:nth-child(3)')).toContain('91.6 % → clipped to 30.5 %')
    expect(await text(page, '#learning')).toContain('31.4 % ± 2.0')
    expect(await text(page, '#governance')).toMatch(
      /kappa 32767 40000 .*Quorum of 40,000 reached.*miner 0 400 380 -5.0 %/,
    )
    expect(complaints).toEqual([])
  })

  it('can be worked with the keyboard alone, from the first stop to a rollout’s checks', async () => {
    const { page } = await open('#rollouts/1')
    await page.waitForSelector('#rollouts tbody a')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the figures')
    const reach = async (wanted: string) => {
      for (let stop = 0; stop < 120; stop++) {
        await page.keyboard.press('Tab')
        const at = await page.evaluate(() => document.activeElement?.textContent)
        if (at === wanted) return true
      }
      return false
    }
    expect(await reach('2/1/0/1')).toBe(true)
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement as Element).outlineStyle,
    )
    expect(outline).toBe('solid')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.completion')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Rollout 2/1/0/1')
  })

  it('shows the owed token beside the given one and what a stranger wrote as text', async () => {
    const { page, complaints } = await open('#rollouts/all/2-1-0-1')
    await page.waitForSelector('.completion')
    expect(await page.innerText('.completion del')).toBe('7')
    expect(await page.innerText('.completion ins')).toBe('8')
    expect(await text(page, '#rollouts .prompt')).toContain('<img src=x')
    expect(await page.locator('#rollouts .prompt img').count()).toBe(0)
    expect(await text(page, '.checks .decisive')).toBe(
      'sampling failed first deviation 2.78e-4 tolerance 1.22e-4',
    )
    const shades = page.locator('.completion .token')
    expect(await shades.nth(1).getAttribute('class')).toContain('s1')
    expect(complaints).toEqual([])
  })

  it('holds a hundred of a thousand rollouts at a time, and turns the page', async () => {
    const { page } = await open()
    await page.waitForSelector('#rollouts tbody tr')
    expect(await page.locator('#rollouts tbody tr').count()).toBe(100)
    expect(await text(page, '.pager')).toContain('1 of 10, 1,000 rollouts')
    await page.getByRole('button', { name: 'Older' }).click()
    await page.waitForFunction(() => document.querySelector('.pager')?.textContent?.includes('2 of 10'))
    await page.getByLabel('only rejected').check()
    await page.waitForFunction(() => document.querySelector('.pager')?.textContent?.includes('1 of 5'))
  })

  it('has landmarks, named tables and charts with words', async () => {
    const { page } = await open()
    await page.waitForSelector('.curve')
    for (const role of ['banner', 'main', 'contentinfo'] as const) {
      expect(await page.getByRole(role).count(), role).toBe(1)
    }
    for (const section of ['Miners', 'Validators', 'Weights', 'Learning', 'Governance']) {
      expect(await page.getByRole('region', { name: section }).count(), section).toBeGreaterThan(0)
    }
    const charts = await page
      .locator('svg')
      .evaluateAll((all) => all.map((svg) => svg.getAttribute('aria-label')))
    expect(charts.length).toBeGreaterThan(2)
    expect(charts.every((label) => /\d/.test(label ?? ''))).toBe(true)
    expect(await page.locator('table:not(:has(th[scope]))').count()).toBe(0)
  })

  it('is dark where the system is, light where it is told', async () => {
    const { page } = await open('', { colorScheme: 'dark' })
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const dark = await background()
    const choose = async (theme: string) => {
      await page.locator('button.quiet').click()
      await page.getByRole('button', { name: `Theme: ${theme}` }).waitFor()
    }
    await choose('light')
    expect(await background()).not.toBe(dark)
    await choose('dark')
    expect(await background()).toBe(dark)
    await page.reload()
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
  })

  it('fits a phone: only tables scroll sideways', async () => {
    const { page } = await open('#rollouts/all/2-1-0-1', { viewport: { width: 360, height: 740 } })
    await page.waitForSelector('.completion')
    await page.waitForSelector('.proposal')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  })

  it('shows the weights of a crowd in colours, and the figures of the cell that is chosen', async () => {
    const crowd = await startTestDashboard(1000, crowdWeights(256, 64))
    onTestFinished(() => crowd.close())
    const context = await browser.newContext({ viewport: { width: 1300, height: 800 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    page.setDefaultTimeout(45_000)
    await page.goto(crowd.url)
    await page.waitForSelector('.heat-map')
    const readout = () => text(page, '#weights output')
    expect(await readout()).toBe('gave 0.00 % (1.6 % of stake); consensus 0.00 %, incentive 0.00 %')
    const [validator, miner] = [0, 1].map((nth) => page.locator('.pick select').nth(nth))
    await validator.selectOption('63')
    await miner.selectOption('254')
    expect(await readout()).toMatch(/^gave 1[0-9]\.\d\d %, clipped to 0\.\d\d % \(1\.6 % of stake\)/)
    const { width, height } = (await page.locator('.heat-map').boundingBox()) ?? { width: 0, height: 0 }
    await page.locator('.heat-map').hover({ position: { x: (1.5 * width) / 256, y: (2.5 * height) / 64 } })
    expect([await validator.inputValue(), await miner.inputValue()]).toEqual(['2', '1'])
    expect(await page.locator('#miners tbody tr').count()).toBe(256)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1300)
  })

  it('keeps what it showed and says what is wrong when the chain cannot be read', async () => {
    const { page } = await open()
    onTestFinished(() => {
      dashboard.fail(null)
      dashboard.say({ version: '1', failure: null })
    })
    const failure = { code: 'CHAIN_UNREACHABLE', message: 'http://127.0.0.1:1 does not answer' } as const
    dashboard.fail(new SubnetError(failure.code, failure.message, { retryable: true }))
    dashboard.say({ version: '2', failure })
    await page.waitForSelector('.status.stale')
    expect(await text(page, '.status')).toContain(
      'CHAIN_UNREACHABLE: the chain cannot be read. Shown: block 260',
    )
    expect(await page.locator('#miners tbody tr').count()).toBe(3)
  })
})
