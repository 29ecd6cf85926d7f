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

let pictures = 0

// Visitor is somebody with a browser of their own.
// The books of a young stack were not verified yet: the page says so.
const notYet = /\/ledger\/verification: 404$/

export class Visitor {
  constructor(stack, context) {
    this.stack = stack
    this.context = context
    this.complaints = []
    this.refused = [] // what the API did not let them do
  }

  static async come(browser, stack, { theme = 'light', width = 1280, height = 800, language = 'en-GB' } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, timezoneId: 'Europe/Moscow', reducedMotion: 'reduce' })
    context.setDefaultTimeout(15_000)
    await context.addInitScript(watchPolicy)
    return new Visitor(stack, context)
  }

  // tab opens a page of the console. What the browser complains of is kept.
  async tab(path = '/') {
    const page = await this.context.newPage()
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // That an answer was not 2xx is looked at below.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('response', (answer) => this.hear(answer))
    page.on('dialog', (box) => {
      if (box.type() !== 'beforeunload') this.complaints.push(`${page.url()}: a box of the browser: ${box.message()}`)
      void box.accept()
    })
    await page.goto(this.stack.url + path)
    return page
  }

  hear(answer) {
    const told = `${answer.request().method()} ${answer.url()}: ${answer.status()}`
    // Too much at once: the console asks again by itself.
    const later = answer.request().method() === 'GET' && [429, 503].includes(answer.status()) && answer.headers()['retry-after']
    if (answer.status() >= 500 && !later) this.complaints.push(told)
    else if (answer.status() >= 400 && !later && answer.status() !== 401 && !notYet.test(told)) this.refused.push(told)
    if (answer.request().isNavigationRequest()) this.complaints.push(...looseness(answer.headers()['content-security-policy']).map((text) => `${answer.url()}: its policy ${text}`))
  }

  // signIn opens a page as somebody of that role, or as that user.
  async signIn(who, path = '/') {
    const page = await this.tab(path)
    await this.door(page, typeof who === 'string' ? this.stack.user(who) : who)
    return page
  }

  // door is the page that asks who is there, in any language.
  async door(page, { login, password }) {
    await page.locator('.t-sign input[name=login]').fill(login)
    await page.locator('.t-sign input[name=password]').fill(password)
    await page.locator('.t-sign button[type=submit]').click()
    await page.locator('.t-sign').waitFor({ state: 'detached' })
    await page.locator('header button.t-round').waitFor()
  }

  // saw is what there was to see when a test failed; the pictures are in var/.
  async saw() {
    const told = this.complaints.map((text) => `the browser says: ${text}`)
    for (const [n, page] of this.context.pages().entries()) {
      const file = resolve(root, `var/failed-${++pictures}.png`)
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

// faults of the page as it is: what axe finds, and what does not fit into its window.
export async function faults(page, rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }) {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, rules), rules)
  const told = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? ''}`).join('; ')}`)
  return [...told, ...(await page.evaluate(tooWide))]
}

// tooWide runs in the page: is it wider than its window, and what is cut off at its
// right, where nothing can be scrolled to show it?
function tooWide() {
  const width = document.documentElement.clientWidth
  const over = document.documentElement.scrollWidth - width
  const told = over > 0 ? [`it is ${over} pixels wider than its window`] : []
  const held = (e) => e && (/auto|scroll/.test(getComputedStyle(e).overflowX) || held(e.parentElement))
  const cut = [...document.querySelectorAll('main :is(a, button, input, h1, h2, h3, p, dt, dd, td, th, label, span)')].filter((e) => {
    const box = e.getBoundingClientRect()
    return box.width > 1 && box.height > 1 && box.right > width + 1 && e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !held(e)
  })
  return [...told, ...cut.slice(0, 5).map((e) => `${e.tagName} “${(e.textContent || e.ariaLabel || '').slice(0, 40)}” is cut off at ${Math.round(e.getBoundingClientRect().right)} of ${width}`)]
}

// watchPolicy runs in every page before its own code.
function watchPolicy() {
  document.addEventListener('securitypolicyviolation', (v) => console.error(`Content-Security-Policy: ${v.violatedDirective} forbids ${v.blockedURI || 'inline'} (${v.sourceFile}:${v.lineNumber})`))
}

// looseness is what a policy lets through that ours does not.
function looseness(policy = '') {
  const of = (name) => policy.split(';').map((part) => part.trim().split(/\s+/)).find(([n]) => n === name)?.slice(1).join(' ')
  const told = []
  if (!/^'(none|self)'$/.test(of('default-src') ?? '')) told.push(`has default-src ${of('default-src')}`)
  for (const name of ['script-src', 'style-src', 'connect-src']) {
    if (/unsafe|\*|https?:|data:/.test(of(name) ?? '')) told.push(`has ${name} ${of(name)}`)
  }
  for (const name of ['object-src', 'base-uri', 'frame-ancestors', 'form-action']) {
    const says = of(name) ?? (name === 'object-src' ? of('default-src') : undefined)
    if (!/^'(none|self)'$/.test(says ?? '')) told.push(`has ${name} ${says}`)
  }
  return told
}
