// What the tests do again and again.
import { after, before } from 'node:test'
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

// visit runs a visit to its end and fails on what the browser complained of.
export async function visit(options, doing) {
  const visitor = await Visitor.come(browser, there, options)
  try {
    await doing(visitor)
  } catch (error) {
    // Playwright tells every try: the first lines say it.
    const text = error.message.split('\n').slice(0, 12).join('\n')
    throw new Error(`${text}\n${await visitor.saw()}`, { cause: error.stack.match(/\S+\/e2e\/(pages|work)\.mjs:\d+/)?.[0] })
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
