// The map: what it shows stands in the table too, calls in progress appear and go, keys
// go from country to country, a country leads to its calls.
import assert from 'node:assert/strict'
import { api, beside, ends, opened, stack, visit } from './doing.mjs'

beside('the map: countries of past calls, the same figures in the table', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst')
    // A day that is over: calls of other tests are not in it, and it is the same one when
    // the page asks again.
    const hour = Math.floor(Date.now() / 3600_000) - 1
    const at = (hours) => new Date(hours * 3600_000).toISOString()
    // What the page itself was answered, with the calls in progress.
    const answer = page.waitForResponse('**/places/map*')
    await opened(page, `/map?from=${at(hour - 24)}&to=${at(hour)}`)
    const map = page.getByRole('group', { name: /^Map of calls by country: Bids/ })
    const { countries } = await (await answer).json()
    const drawn = countries.filter((c) => c.country && c.bids > 0)
    assert.ok(drawn.length >= 3, `the stack has calls to ${drawn.map((c) => c.country)}`)
    const spoken = await map.getByRole('button').evaluateAll((all) => all.map((e) => e.ariaLabel))
    for (const c of drawn) assert.ok(spoken.some((text) => text.includes(`: ${new Intl.NumberFormat('en').format(c.bids)} bid`)), `${c.country} with ${c.bids} in ${spoken}`)
    const table = page.getByRole('region', { name: 'Calls by country' })
    assert.equal(await table.getByRole('row').count(), countries.length + 1)

    // One stop of the Tab key; arrows go on, Enter chooses.
    assert.equal(await map.locator('[tabindex="0"]').count(), 1)
    await map.locator('[tabindex="0"]').focus()
    const here = () => page.evaluate(() => document.activeElement.getAttribute('data-country'))
    const first = await here()
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) if ((await here()) === first) await page.keyboard.press(key)
    const second = await here()
    assert.ok(second && second !== first, `${first} then ${second}`)
    await page.keyboard.press('Enter')
    await ends(() => new URL(page.url()).searchParams.get('c') === second, 'the country is in the address')
    await page.reload()
    const name = new Intl.DisplayNames(['en'], { type: 'region' }).of(second)
    await page.getByRole('heading', { level: 2, name }).waitFor()

    await page.getByRole('link', { name: 'Quality by provider' }).click()
    await page.getByRole('heading', { level: 1, name: 'Quality' }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('country'), second)
    await page.goBack()
    await page.getByRole('navigation', { name }).getByRole('link', { name: 'Calls' }).click()
    await page.getByRole('heading', { level: 1, name: 'Call records' }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('country'), second)
    await page.getByRole('row').nth(1).waitFor()
  }))

beside('the map: every measure, side and part of the world', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('admin', '/map')
    for (const query of ['m=asr', 'm=talk', 'm=margin', 'side=a', 'region=europe', 'region=america&m=asr', 'range=7d', 'provider=8']) {
      await opened(page, `/map?${query}`)
      await page.locator('.m-world').waitFor()
      assert.equal(await page.locator('main [role=alert]').count(), 0, query)
    }
    assert.deepEqual(visitor.refused, [])
  }))

beside('the map: a call in progress is a dot, and goes when it is over', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/map')
    await opened(page)
    const now = async () => (await api(page, '/places/map')).countries.find((c) => c.country === 'GB')?.live.calls ?? 0
    const dots = page.locator('.m-dot:not(.m-ended)')
    const call = stack().dial('442071234567', { talk: '60s' })
    try {
      await ends(async () => (await now()) > 0, 'the call is in progress')
      await ends(async () => (await dots.count()) > 2, 'it is drawn, beside the two of the legend')
      const row = page.getByRole('region', { name: 'Calls by country' }).getByRole('row').filter({ hasText: 'United Kingdom' })
      await ends(async () => Number(await row.getByRole('cell').nth(1).textContent()) >= 1, 'the table counts it')
    } finally {
      await call.hangUp()
    }
    await ends(async () => (await page.locator('.m-dot.m-talking').count()) === 1, 'only that of the legend talks', 40)
  }))
