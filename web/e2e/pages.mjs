// The console in a real Chromium, on a whole stack: a real MariaDB, a real Asterisk,
// simulated carriers and telephones.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faults } from './browser.mjs'
import { api, stack, visit } from './doing.mjs'

test('sign in and out', () =>
  visit({}, async (visitor) => {
    const page = await visitor.tab('/calls')
    const user = stack().user('admin')
    await page.getByRole('textbox', { name: 'Login' }).fill(user.login)
    await page.locator('input[name=password]').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.locator('input[name=password]').fill(user.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Call records' }).waitFor()
    await page.getByRole('button', { name: /^You:/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('textbox', { name: 'Login' }).waitFor()
  }))

// clean opens pages and collects what is wrong with them.
async function clean(page, paths) {
  const found = []
  for (const path of paths) {
    await page.goto(stack().url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
    found.push(...(await faults(page)).map((fault) => `${path} ${fault}`))
  }
  assert.deepEqual(found, [])
}

// Every page that a role has, as its navigation has it.
for (const [role, theme, width] of [
  ['admin', 'light', 1280],
  ['admin', 'dark', 1280],
  ['customer', 'light', 390],
]) {
  test(`pages of ${role}, ${theme}, ${width} wide: something to see, accessible, within the policy`, () =>
    visit({ theme, width }, async (visitor) => {
      const page = await visitor.signIn(role)
      const pages = await page.getByRole('navigation', { name: 'Pages', includeHidden: true }).getByRole('link', { includeHidden: true }).evaluateAll((links) => links.map((link) => link.getAttribute('href')))
      assert.ok(pages.length >= 4, `only ${pages}`)
      await clean(page, pages)
    }))
}

test('pages of one thing: accessible, within the policy', () =>
  visit({ theme: 'dark' }, async (visitor) => {
    const page = await visitor.signIn('admin')
    const { items } = await api(page, '/calls?number=74957775503&limit=1')
    await clean(page, [
      `/calls/${encodeURIComponent(items[0].call_id)}`, '/providers/8', '/providers/8?tab=settings', '/accounts/4', '/accounts/4?tab=statement', '/decks/7', '/servers/1',
      '/simulator?from=74951815000&to=74957777777', '/profile',
    ])
  }))

test('a customer sees its own account and nothing else', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('customer')
    const balance = await api(page, '/mine/balance')
    await page.getByText(Number(balance.balance).toFixed(2)).first().waitFor()
    for (const path of ['/calls?limit=1', '/accounts/1', '/providers?limit=1', '/ledger?limit=1', '/users', '/overview', '/live/calls']) {
      assert.equal((await api(page, path)).status, 403, path)
    }
    await page.goto(`${stack().url}/accounts/1`)
    await page.getByText('There is no such page').waitFor()
    const found = await api(page, '/search?q=VoxBeam')
    assert.ok(!JSON.stringify(found).includes('/providers'), JSON.stringify(found))
  }))
