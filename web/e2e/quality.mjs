// Quality: a figure leads to the attempts that it counts, the address holds what one
// looks at, thresholds are set by those who may.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, beside, choose, ends, newcomer, opened, stack, visit } from './doing.mjs'

// counted waits until the history of the stack, 3600 calls, is in the rollups.
const counted = (page) => ends(async () => (await api(page, '/quality?since=7d')).total.bids > 3000, 'the history is not counted', 120)

// length is how many attempts a list has.
async function length(page, query) {
  let count = 0
  for (let cursor = ''; cursor !== undefined; ) {
    const list = await api(page, `/attempts?${query}&limit=200&cursor=${encodeURIComponent(cursor)}`)
    count += list.items.length
    cursor = list.next || undefined
  }
  return count
}

const shown = (page, text) => page.locator('.t-grid tbody tr').filter({ hasText: text })

test('quality: a figure, and the attempts behind it', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/quality?range=7d')
    await counted(page)
    // A time within the history, not on the edges of buckets: figures are of whole ones,
    // and so is the list.
    const at = (hours, seconds) => new Date(Math.floor(Date.now() / 3600_000) * 3600_000 - hours * 3600_000 + seconds * 1000).toISOString()
    const time = `from=${at(120, 437)}&to=${at(30, 1037)}`
    await opened(page, `/quality?${time}`)
    const { lines, ...told } = await api(page, `/quality?${time}&by=provider,tier`)
    assert.notEqual(Date.parse(told.from), Date.parse(at(120, 437)))
    const line = lines[0]
    const row = shown(page, line.name.provider).filter({ hasText: line.by.tier }).first()
    // Whose fault it was, a column that stands there: the click shows exactly those attempts.
    await row.locator('a[href*="blame=route"]').first().click()
    await page.getByRole('heading', { level: 1, name: 'Attempts' }).waitFor()
    const query = new URL(page.url()).searchParams
    assert.deepEqual([query.get('provider_id'), query.get('tier'), query.get('blame')], [line.by.provider, line.by.tier, 'route'])
    assert.deepEqual([Date.parse(query.get('from')), Date.parse(query.get('to'))], [Date.parse(told.from), Date.parse(told.to)])
    assert.ok(line.blame.route > 20, `${line.blame.route}`)
    assert.equal(await length(page, query), line.blame.route)
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Quality' }).waitFor()
  }))

beside('quality: what one looks at is in the address, and goes from page to page', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst', '/quality?range=7d')
    await counted(page)
    await opened(page, '/quality?range=7d')
    await page.getByRole('button', { name: 'Country', exact: true }).click()
    await page.getByRole('button', { name: 'Tier', exact: true }).click()
    await page.getByRole('columnheader', { name: 'ASR', exact: true }).getByRole('button').click()
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('button', { name: 'With a day earlier' }).click()
    await page.waitForFunction(() => location.search.includes('vs=day'))
    assert.match(page.url(), /by=provider%2Ccountry/)
    assert.match(page.url(), /sort=asr/)
    await page.reload()
    await opened(page)
    await page.getByRole('columnheader', { name: 'Country' }).waitFor()
    assert.equal(await page.getByRole('columnheader', { name: 'Tier' }).count(), 0)
    await page.locator('.q-under', { hasText: 'pp' }).first().waitFor()
    // The worst first: not a line is better than the one below it.
    const asr = (await api(page, '/quality?since=7d&by=provider,country&sort=asr')).lines.filter((l) => l.asr).map((l) => l.asr.share)
    assert.deepEqual(asr, [...asr].sort((a, b) => a - b))
    await page.getByRole('link', { name: 'Over time' }).click()
    await page.getByRole('heading', { level: 1, name: 'Quality: Over time' }).waitFor()
    assert.match(page.url(), /range=7d/)
    assert.match(page.url(), /vs=day/)
    assert.doesNotMatch(page.url(), /sort=/)
    await page.locator('.t-chart canvas').first().waitFor()
  }))

beside('quality: the heat map is walked with arrows; a click leads to attempts', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst', '/quality/heat?range=7d')
    await counted(page)
    await opened(page, '/quality/heat?range=7d')
    const cells = page.locator('.q-heat [data-at]')
    await cells.first().waitFor()
    assert.equal(await page.locator('.q-heat [data-at][tabindex="0"]').count(), 1, 'one cell is reached by Tab')
    await page.locator('.q-heat [data-at][tabindex="0"]').focus()
    const name = () => page.evaluate(() => document.activeElement?.getAttribute('data-at'))
    const before = await name()
    await page.keyboard.press('ArrowRight')
    assert.notEqual(await name(), before)
    const words = await page.evaluate(() => document.activeElement?.textContent)
    assert.match(words, /, .+: .+ %.+, \d+ bids?/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Attempts' }).waitFor()
    assert.match(page.url(), /provider_id=\d+&country=/)
  }))

beside('quality: a line for each country, and what is left as one', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst', '/quality/time?range=7d')
    await counted(page)
    await opened(page, '/quality/time?range=7d')
    await choose(page.getByRole('main'), 'Lines', 'By Country')
    await page.waitForFunction(() => location.search.includes('split=country'))
    await page.reload()
    await opened(page)
    const lines = page.getByRole('region', { name: 'By Country' })
    await lines.waitFor()
    const told = await api(page, '/quality/series?since=7d&by=country&top=5')
    const names = await lines.locator('tbody th').allTextContents()
    assert.equal(names.length, told.lines.length + (told.rest ? 1 : 0))
    assert.equal(names.at(-1) === 'The rest', Boolean(told.rest))
    // What draws it is loaded when the first one is shown.
    const labels = page.locator('.t-chart').first().locator('.u-legend .u-label')
    await ends(async () => (await labels.count()) > names.length, 'the chart is drawn')
    const legend = await labels.allTextContents()
    assert.deepEqual(legend.filter((text) => names.includes(text)), names)
    // A name shows it alone, and what stands there is the list of its attempts.
    await lines.getByRole('link', { name: names[0], exact: true }).click()
    await page.waitForFunction(() => new URLSearchParams(location.search).get('country') && !location.search.includes('split='))
  }))

beside('quality: the heat map beside the time before says in words what has changed', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst', '/quality/heat?range=24h')
    await counted(page)
    await opened(page, '/quality/heat?range=7d&m=bids')
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('button', { name: 'With a day earlier' }).click()
    await page.waitForFunction(() => location.search.includes('vs=day'))
    await page.getByText('Under a figure stands how it differs from').waitFor()
    const cell = page.locator('.q-heat [data-at]').filter({ has: page.locator('.q-under') }).first()
    await cell.focus()
    assert.match(await cell.textContent(), /(more|less) by |=|new/)
    // The same stands beside the map, with the link to what is behind it.
    await page.locator('.t-facts .q-under').first().waitFor()
  }))

test('quality: thresholds are set by an operator, and seen by all', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn(await newcomer('operator'), '/quality?range=7d&by=provider')
    await counted(page)
    await opened(page, '/quality?range=7d&by=provider')
    const form = page.getByRole('dialog', { name: 'From where on a measure is poor' })
    const before = (await api(page, '/quality/thresholds')).items.find((t) => t.measure === 'asr')
    // What is said of VoxBeam's ASR.
    const cell = async (page) => {
      const titles = await page.locator('.t-grid thead th').allTextContents()
      return shown(page, 'VoxBeam').first().locator('td').nth(titles.findIndex((t) => t.startsWith('ASR')))
    }
    const gradeOf = async (page) => (await (await cell(page)).innerHTML()).match(/, (as it should be|poor|bad)</)?.[1]
    const grade = (page, word) => ends(async () => (await gradeOf(page)) === word, `VoxBeam's ASR is ${word}`)
    await shown(page, 'VoxBeam').first().waitFor()
    // Thresholds are asked for beside the report, and may come after it.
    await ends(async () => (await gradeOf(page)) !== undefined, "VoxBeam's ASR has its grade")
    const first = await gradeOf(page)
    assert.ok(first && first !== 'bad', `VoxBeam's ASR is ${first} before`)
    const set = async (warn, bad) => {
      const now = (await api(page, '/quality/thresholds')).items.find((t) => t.measure === 'asr').bad / 1e4
      await page.getByRole('button', { name: 'Thresholds' }).click()
      assert.equal(Number(await form.locator('[data-field=asr_bad]').inputValue()), now, 'the form begins with what is in force')
      await form.locator('[data-field=asr_warn]').fill(warn)
      await form.locator('[data-field=asr_bad]').fill(bad)
      await form.getByRole('button', { name: 'Save' }).click()
    }
    await set('10', '99.5')
    await form.getByText('Poor has to come before bad').waitFor()
    await form.locator('[data-field=asr_warn]').fill('99.9')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    assert.equal((await api(page, '/quality/thresholds')).items.find((t) => t.measure === 'asr').bad, 995_000)
    await grade(page, 'bad')
    await visit({}, async (other) => {
      const analyst = await other.signIn('analyst', '/quality?range=7d&by=provider')
      await grade(analyst, 'bad')
    })
    await set(String(before.warn / 1e4), String(before.bad / 1e4))
    await form.waitFor({ state: 'detached' })
    await grade(page, first)
  }))

beside('quality: an analyst may look at thresholds, not set them; a customer sees nothing of it', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst', '/quality')
    await page.getByRole('button', { name: 'Thresholds' }).click()
    const form = page.getByRole('dialog', { name: 'From where on a measure is poor' })
    assert.ok(await form.locator('[data-field=asr_warn]').isDisabled())
    assert.equal(await form.getByRole('button', { name: 'Save' }).count(), 0)
    const { etag, items } = await page.evaluate(() => fetch('/api/v1/quality/thresholds').then(async (answer) => ({ etag: answer.headers.get('ETag'), items: (await answer.json()).items })))
    const body = { items: items.map(({ measure, warn, bad }) => ({ measure, warn, bad })) }
    assert.equal((await api(page, '/quality/thresholds', { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': etag }, body: JSON.stringify(body) })).status, 403)
    await visitor.context.clearCookies()
    const own = await visitor.signIn('customer')
    assert.equal((await api(own, '/quality')).status, 403)
    await own.goto(`${stack().url}/quality`)
    await own.getByText('There is no such page').waitFor()
    visitor.refused = []
  }))
