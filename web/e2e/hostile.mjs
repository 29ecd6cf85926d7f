// Names are text, whatever is in them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, mark, opened, stack, visit } from './doing.mjs'

const nasty = (what) => `<img src=x onerror=hit=1> "&lt; ${what} ${mark}` // at most 64

// make sends a body to the API as who is signed in on the page.
const make = async (page, path, body) => {
  const answer = await api(page, path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  assert.ok(answer.id, `${path}: ${JSON.stringify(answer)}`)
  return answer
}

test('HTML in names is shown as text, in every place where they are shown', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('admin')
    const { currency_id } = await api(page, '/providers/8')
    const provider = await make(page, '/providers', { name: nasty('provider'), currency_id, enabled: true })
    const account = await make(page, '/accounts', { name: nasty('account'), currency: 'EUR', enabled: true, payment: 'prepaid', min_tier: 'noncli' })
    await make(page, '/numbers', { number: `4989${mark}1`, provider_id: provider.id, direction: 'IN', enabled: true })
    await make(page, '/tariffs', { name: nasty('tariff'), currency_id })
    await make(page, '/users', { login: `nasty-${mark}`, name: nasty('user'), role: 'analyst', enabled: true, email: '', language: '', time_zone: '' })

    for (const [path, what] of [
      ['/providers', 'provider'], [`/providers/${provider.id}`, 'provider'], [`/providers/${provider.id}?tab=settings`, ''], [`/numbers?q=4989${mark}1`, 'provider'],
      ['/accounts', 'account'], [`/accounts/${account.id}`, 'account'], ['/tariffs', 'tariff'], ['/users', 'user'], ['/audit', ''], ['/decks', ''], ['/simulator', ''], ['/ledger', ''],
    ]) {
      await opened(page, path)
      if (what) await page.locator('main').getByText(nasty(what)).first().waitFor()
      await harmless(page, path)
    }
    await page.keyboard.press('/')
    await page.getByRole('combobox', { name: 'Search' }).fill('<img')
    await page.getByRole('option').filter({ hasText: '<img' }).first().waitFor()
    await harmless(page, 'search')
    await page.keyboard.press('Escape')

    // The words of the address are no HTML either.
    for (const path of [`/providers?q=${encodeURIComponent(nasty('q'))}`, `/calls?number=${encodeURIComponent('"><img src=x onerror=hit=1>')}`, `/${encodeURIComponent(nasty('path'))}`]) {
      await page.goto(stack().url + path)
      await page.locator('main').waitFor()
      await harmless(page, path)
    }
  }))

async function harmless(page, path) {
  const found = await page.evaluate(() => ({ hit: Boolean(window.hit), made: document.querySelectorAll('img[src=x], [onerror]').length, title: document.title }))
  assert.ok(!found.hit && found.made === 0, `${path}: ${JSON.stringify(found)}`)
}
