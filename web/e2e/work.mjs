// What people do in the console all day, on a whole stack.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faults } from './browser.mjs'
import { api, choose, dialogue, ends, field, mark, row, stack, visit } from './doing.mjs'

test('a provider is added, with a number and a gate', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/providers')
    await page.getByRole('button', { name: 'Add provider' }).click()
    let form = dialogue(page, 'New provider')
    await field(form, 'Name').fill(`North Wind ${mark}`)
    await choose(form, 'Currency', /^EUR/)
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: `North Wind ${mark}` }).waitFor()
    const provider = page.url().match(/\/providers\/(\d+)/)[1]

    await page.goto(`${stack().url}/numbers`)
    await page.getByRole('button', { name: 'Add number' }).click()
    form = dialogue(page, 'New number')
    await field(form, 'Number').fill('4999')
    await choose(form, 'Provider', `North Wind ${mark}`)
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByText(/digits/).first().waitFor() // the API's own words, on the field
    await field(form, 'Number').fill(`493012${mark}`)
    await form.getByRole('button', { name: 'Create' }).click()
    await row(page, `North Wind ${mark}`).waitFor()

    await page.goto(`${stack().url}/providers/${provider}?tab=gates`)
    await page.getByRole('button', { name: 'Add gate' }).click()
    form = dialogue(page, 'New gate')
    await field(form, 'Dial peer').fill(`north_${mark}`)
    await choose(form, 'Number', `493012${mark}`)
    await choose(form, 'Server', 'asterisk-macomnet')
    await field(form, 'Host').fill('sip.example.net')
    await form.getByRole('button', { name: 'Create' }).click()
    await row(page, `north_${mark}`).waitFor()
    // Within a moment every node knows it, and so does the configuration of its Asterisk.
    await ends(async () => JSON.stringify(await api(page, '/servers/1/configuration')).includes(`north_${mark}`), 'the gate is configured')
  }))

test('two tabs edit one provider: the second sees what changed and chooses', () =>
  visit({}, async (visitor) => {
    const path = '/providers/8?tab=settings'
    const first = await visitor.signIn('admin', path)
    const second = await visitor.tab(path)
    await field(first, 'Channels').fill('120')
    await field(second, 'Channels').fill('90')
    await first.getByRole('button', { name: 'Save' }).click()
    await first.getByText('Saved').waitFor()
    await second.getByRole('button', { name: 'Save' }).click()
    const conflict = second.getByRole('alert').filter({ hasText: 'Somebody changed this while you were editing' })
    await conflict.getByRole('cell', { name: '120' }).waitFor()
    assert.equal((await api(second, '/providers/8')).channels, 120, 'nothing was overwritten blindly')
    await conflict.getByRole('button', { name: 'Keep mine' }).click()
    await second.getByText('Saved').waitFor()
    assert.equal((await api(second, '/providers/8')).channels, 90)
  }))

test('a deck is imported, looked at, published and rolled back', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/decks')
    await page.getByRole('button', { name: 'Import a rate sheet' }).first().click()
    const form = dialogue(page, 'Import a rate sheet')
    await choose(form, 'Provider', 'VoiceBuy')
    await choose(form, 'Tier', /^cli$/)
    await page.locator('input[type=file]').setInputFiles({
      name: 'voicebuy.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('Prefix,Destination,Rate\n1,USA and Canada,0.0049\n44,United Kingdom,0.0101\n4420,"United Kingdom, London",0.0075\n447,"United Kingdom, mobile",0.0260\n49,Germany,0.0080\n7495,"Russia, Moscow",0.0010\n'),
    })
    await page.getByRole('button', { name: 'Upload and read' }).click()
    await page.waitForURL(/\/imports\/\d+/)
    await page.getByText('6 rates').first().waitFor()
    await page.getByRole('button', { name: 'Keep as a draft' }).click()
    await page.getByRole('button', { name: 'Publish now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
    await page.getByText('in force', { exact: true }).waitFor()
    const cheap = await api(page, '/decks?provider_id=11&status=published&limit=10')
    assert.ok(cheap.items.some((d) => d.file === 'voicebuy.csv'), JSON.stringify(cheap))
    await page.getByRole('button', { name: 'Roll back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('rolled back', { exact: true }).waitFor()
  }))

test('a real call appears, runs, costs, and is hung up from the console', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/live')
    await page.getByText('No calls in progress').first().waitFor()
    const balance = Number((await api(page, '/accounts/4')).money.balance)
    const call = stack().dial('74957777777', { talk: '120s' })
    const line = row(page, 'Retail')
    await line.getByText('talking').waitFor()
    const cost = async () => Number((await line.textContent()).match(/(\d\.\d{4})/)?.[1] ?? 0)
    await ends(async () => (await cost()) > 0, 'the cost runs')
    await line.getByRole('button').first().click()
    await page.getByRole('heading', { name: 'Why this route' }).waitFor()
    assert.deepEqual(await faults(page), [])
    await page.getByRole('button', { name: 'Hang up' }).click()
    const sure = page.getByRole('dialog').filter({ hasText: 'Hang up this call?' })
    await sure.getByLabel('Reason').fill('browser test')
    await sure.getByRole('button', { name: 'Hang up' }).click()
    await call.over
    assert.match(call.said, /ended by (callee|called|peer|them|asterisk|remote)/i)
    await ends(async () => Number((await api(page, '/accounts/4')).money.balance) < balance, 'it is charged')
    assert.match((await stack().tandem('call')).split('\n')[1], /74957777777 +answered/)
  }))

test('after a restart of Tandem the list is right again by itself', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/live')
    const call = stack().dial('442071234567', { talk: '120s' })
    await row(page, 'Retail').getByText('talking').waitFor()
    await stack().stopNode()
    await page.getByRole('status').filter({ hasText: 'connection lost' }).waitFor()
    await stack().startNode()
    await page.getByRole('status').filter({ hasText: /^live$/ }).waitFor({ timeout: 30_000 })
    await row(page, 'Retail').getByText('talking').waitFor()
    await call.hangUp()
    await page.getByText('No calls in progress').first().waitFor({ timeout: 30_000 })
  }))
