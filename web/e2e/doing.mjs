// What the tests do again and again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch, Visitor } from './browser.mjs'
import { Stack } from './stack.mjs'

// One stack and one browser for all tests.
let there, browser
before(async () => {
  there = await Stack.start('web-test')
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await there?.stop()
})

export const stack = () => there

// beside is a test that others do not disturb: it changes nothing that they look at, and
// looks at nothing that they change. Two of them run at a time, after all others.
export const beside = (name, doing) => quiet.push([name, doing])
const quiet = []

export const sideBySide = () =>
  suite('side by side', { concurrency: 2 }, () => {
    for (const [name, doing] of quiet) test(name, doing)
  })

// visit runs a visit to its end and fails on what the browser complained of.
export async function visit(options, doing) {
  const visitor = await Visitor.come(browser, there, options)
  try {
    await doing(visitor)
  } catch (error) {
    // Playwright tells every try: the first lines say it.
    const text = error.message.split('\n').slice(0, 40).join('\n')
    throw new Error(`${text}\n${await visitor.saw()}`, { cause: error.stack.match(/\S+\/e2e\/(?!doing|browser|stack)\w+\.mjs:\d+/)?.[0] })
  }
  await visitor.leave()
}

// field is an input by its label, within a page, a form or a dialogue.
export const field = (within, name) => within.getByRole('textbox', { name, exact: true })

// choose opens a list by its label and takes an option.
export async function choose(within, name, option) {
  await within.getByRole('combobox', { name, exact: true }).click()
  await within.page().getByRole('option', { name: option }).first().click()
}

// dialogue is the drawer or window that is open.
export const dialogue = (page, name) => page.getByRole('dialog', { name })

// row is the row of a table that holds a text.
export const row = (page, text) => page.getByRole('row').filter({ hasText: text }).first()

// turn goes to another page as a link of the console does: without loading it anew.
export async function turn(page, path) {
  await page.evaluate(async (path) => {
    history.pushState(null, '', path)
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  }, path)
  await opened(page)
}

// opened waits until a page has what it shows; with a path it is loaded first.
export async function opened(page, path) {
  if (path) await page.goto(there.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
}

// places are all pages that a role has, as its navigation has them.
export const places = (page) =>
  page
    .locator('nav#navigation a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))

// mark makes the names of a run its own.
export const mark = String(Date.now() % 1_000_000).padStart(6, '0')

// newcomer makes a user of that role; the stack has one of each, whom others need.
export async function newcomer(role) {
  const login = `${role}-${mark}-${++made}`
  const file = resolve(mkdtempSync(join(tmpdir(), 'tandem-')), 'password')
  writeFileSync(file, secret, { mode: 0o600 })
  await there.tandem('user', 'create', login, '--role', role, '--password-file', file)
  rmSync(dirname(file), { recursive: true })
  return { login, password: secret, role }
}
let made = 0
const secret = 'four words of a browser'

// api asks the API as whoever is signed in on the page.
export const api = (page, path, init) => page.evaluate(([path, init]) => fetch(`/api/v1${path}`, init).then((answer) => (answer.status === 204 ? null : answer.json())), [path, init])

// ends waits until something holds.
export async function ends(holds, what, seconds = 20) {
  for (let left = seconds * 10; left > 0; left--) {
    if (await holds()) return
    await sleep(100)
  }
  throw new Error(`in vain: ${what}`)
}
