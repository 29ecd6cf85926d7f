// Chromium as set-up left it, and pages that tell what went wrong in them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import { root } from './stack.mjs'

export async function launch() {
  const tools = JSON.parse(readFileSync(resolve(process.env.TANDEM_CACHE ?? resolve(root, 'var/cache'), 'tools.json'), 'utf8'))
  assert.ok(tools.chromium, 'Chromium is not set up: run scripts/setup.sh test')
  return chromium.launch({ executablePath: tools.chromium.argv[0], args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

// Visitor is somebody with a browser of their own.
export class Visitor {
  constructor(stack, context) {
    this.stack = stack
    this.context = context
    this.complaints = []
  }

  static async come(browser, stack, { theme = 'light', width = 1280, height = 800, language = 'en-GB' } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, timezoneId: 'Europe/Moscow', reducedMotion: 'reduce' })
    context.setDefaultTimeout(15_000)
    return new Visitor(stack, context)
  }

  // tab opens a page of the console. What the browser complains of is kept.
  async tab(path = '/') {
    const page = await this.context.newPage()
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) this.complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('response', (answer) => {
      if (answer.status() >= 500) this.complaints.push(`${answer.request().method()} ${answer.url()}: ${answer.status()}`)
    })
    await page.goto(this.stack.url + path)
    return page
  }

  // signIn opens a page as somebody of that role.
  async signIn(role, path = '/') {
    const user = this.stack.user(role)
    const page = await this.tab(path)
    await page.getByRole('textbox', { name: 'Login' }).fill(user.login)
    await page.locator('input[name=password]').fill(user.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /^You:/ }).waitFor()
    return page
  }

  // saw is what there was to see when a test failed; the pictures are in var/.
  async saw() {
    const told = this.complaints.map((text) => `the browser says: ${text}`)
    for (const [n, page] of this.context.pages().entries()) {
      const file = resolve(root, `var/failed-${n}.png`)
      await page.screenshot({ path: file }).catch(() => {})
      told.push(`tab ${n}: ${page.url()}, ${file}`)
    }
    await this.context.close()
    return told.join('\n')
  }

  async leave() {
    await this.context.close()
    assert.deepEqual(this.complaints, [])
  }
}

// faults of the page as it is: what axe finds, and whether it is wider than its window.
export async function faults(page) {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }))
  const told = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? ''}`).join('; ')}`)
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (over > 0) told.push(`it is ${over} pixels wider than its window`)
  return told
}
