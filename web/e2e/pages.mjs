// Every page that there is, for every role, wide and narrow, light and dark: there is
// something to see, it is accessible, it fits, it asks for nothing that is forbidden.
import assert from 'node:assert/strict'
import { faults } from './browser.mjs'
import { api, beside, ends, opened, places, stack, turn, visit } from './doing.mjs'

const wide = { width: 1280, height: 800, theme: 'light' }
const dark = { ...wide, theme: 'dark' }
const phone = { width: 390, height: 844, theme: 'light' }
const small = { width: 360, height: 740, theme: 'dark' }

beside('sign in and out', () =>
  visit({}, async (visitor) => {
    const page = await visitor.tab('/calls')
    const user = stack().user('admin')
    await page.getByRole('textbox', { name: 'Login' }).fill(user.login)
    await page.locator('input[name=password]').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    assert.deepEqual(await faults(page), [])
    await page.locator('input[name=password]').fill(user.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Call records' }).waitFor()
    await page.getByRole('button', { name: /^You:/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('textbox', { name: 'Login' }).waitFor()
  }))

// clean opens pages, each once, looks at it in all those windows, and collects what is
// wrong. Half of them in a tab beside: a page waits more than it works.
async function clean(visitor, page, paths, windows) {
  const found = []
  const left = [...paths]
  const walk = async (tab) => {
    for (let path = left.shift(); path; path = left.shift()) {
      await turn(tab, path)
      // A trouble that passes is none of the page.
      await ends(async () => (await troubles(tab)).length === 0, 'nothing is told of', 10).catch(() => {})
      found.push(...(await troubles(tab)).map((text) => `${path} ${text}`))
      for (const [n, { width, height, theme }] of windows.entries()) {
        await tab.setViewportSize({ width, height })
        await tab.emulateMedia({ colorScheme: theme })
        await opened(tab)
        // Another theme is other colours, and nothing else.
        const only = n > 0 && theme === 'dark' ? { runOnly: ['color-contrast'] } : undefined
        found.push(...(await faults(tab, only)).map((text) => `${path} ${width} ${theme}: ${text}`))
      }
    }
  }
  await opened(page)
  const beside = await visitor.tab()
  await opened(beside)
  await Promise.all([walk(page), walk(beside)])
  assert.deepEqual([...found, ...visitor.refused], [])
}

// troubles are what a page tells of instead of showing it.
const troubles = (page) => page.locator('main [role=alert]').evaluateAll((all) => all.map((one) => `says “${one.textContent}”`))

for (const [role, windows] of [
  ['admin', [wide, dark, phone]],
  ['customer', [wide, phone, small]],
  ['agent', [phone, small]],
]) {
  beside(`pages of ${role}: something to see, accessible, fitting, within the policy`, () =>
    visit(windows[0], async (visitor) => {
      const page = await visitor.signIn(role)
      const pages = await places(page)
      assert.ok(pages.length >= (role === 'agent' ? 2 : 4), `only ${pages}`)
      await clean(visitor, page, [...pages, '/profile'], windows)
    }))
}

beside('pages of one thing: accessible, fitting, within the policy', () =>
  visit(dark, async (visitor) => {
    const page = await visitor.signIn('admin')
    const { items } = await api(page, '/calls?number=74957775503&limit=1')
    await clean(
      visitor,
      page,
      [
        `/calls/${encodeURIComponent(items[0].call_id)}`, '/providers/8', '/providers/8?tab=settings', '/accounts/4', '/accounts/4?tab=statement', '/accounts/4?tab=settings',
        '/alarms?tab=rules&open=1', '/alarms?tab=channels', '/alarms?tab=deliveries', '/map?region=europe&m=asr&c=GB',
        '/decks/7', '/servers/1', '/simulator?from=74951815000&to=74957777777',
        '/quality/heat', '/quality/time', '/quality/causes', '/quality/margin', '/attempts', '/quality?vs=before', '/quality?open=total', '/quality/time?range=7d&split=provider', '/quality/heat?range=7d&vs=before', '/attempts?cols=started_at,b_number,country,network,mos,loss,jitter,rtt',
      ],
      [dark, phone],
    )
  }))

beside('a customer sees its own account and nothing else', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('customer')
    const shown = page.locator('.t-figures').first()
    await ends(async () => (await shown.textContent()).includes(rounded((await api(page, '/mine/balance')).balance)), 'its balance is shown')
    for (const path of ['/calls?limit=1', '/accounts/1', '/providers?limit=1', '/ledger?limit=1', '/users', '/overview', '/live/calls']) {
      assert.equal((await api(page, path)).status, 403, path)
    }
    await page.goto(`${stack().url}/accounts/1`)
    await page.getByText('There is no such page').waitFor()
    const found = await api(page, '/search?q=VoxBeam')
    assert.ok(!JSON.stringify(found).includes('/providers'), JSON.stringify(found))
  }))

// rounded is a decimal with two places, from its digits: as a float 88.695 is less than it says.
const rounded = (text) => new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2, roundingMode: 'halfExpand' }).format(text)
