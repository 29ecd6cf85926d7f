// Two people at once, and a connection that breaks in the middle of work.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, choose, dialogue, ends, field, mark, stack, visit } from './doing.mjs'

test('two tabs edit one account: the second sees what changed and chooses', () =>
  visit({}, async (visitor) => {
    const path = '/accounts/3?tab=settings'
    const first = await visitor.signIn('admin', path)
    const second = await visitor.tab(path)
    const before = await api(first, '/accounts/3')
    await field(first, 'Channels').fill('31')
    await field(second, 'Channels').fill('32')
    await first.getByRole('button', { name: 'Save' }).click()
    await first.getByText('Saved').waitFor()
    await second.getByRole('button', { name: 'Save' }).click()
    const conflict = second.getByRole('alert').filter({ hasText: 'Somebody changed this while you were editing' })
    await conflict.getByRole('cell', { name: '31', exact: true }).waitFor()
    assert.equal((await api(second, '/accounts/3')).channels, 31, 'nothing was overwritten blindly')
    await conflict.getByRole('button', { name: 'Take theirs' }).click()
    assert.equal(await field(second, 'Channels').inputValue(), '31')

    // And the other way: what is mine is written over it, and what was not touched stays.
    await field(second, 'Channels').fill('33')
    await second.getByRole('button', { name: 'Save' }).click()
    await second.getByText('Saved').waitFor()
    await field(first, 'Channels').fill('34')
    await first.getByRole('button', { name: 'Save' }).click()
    await first.getByRole('alert').filter({ hasText: 'Somebody changed' }).getByRole('button', { name: 'Keep mine' }).click()
    await ends(async () => (await api(first, '/accounts/3')).channels === 34, 'mine is written')
    const { channels: _, ...after } = await api(first, '/accounts/3')
    const { channels, ...was } = before
    assert.deepEqual(settings(after), settings(was))
    await field(first, 'Channels').fill(String(channels))
    await first.getByRole('button', { name: 'Save' }).click()
    await ends(async () => (await api(first, '/accounts/3')).channels === channels, 'it is as it was')
  }))

// settings are what a form sends; money moves by itself.
const settings = ({ money: _, ...account }) => account

test('Tandem restarts while a draft is kept: the page goes on by itself, nothing is lost or twice', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/decks')
    await page.getByRole('button', { name: 'Import a rate sheet' }).first().click()
    const form = dialogue(page, 'Import a rate sheet')
    await choose(form, 'Provider', 'Multitel')
    await choose(form, 'Tier', /^cli$/)
    const rates = Array.from({ length: 40_000 }, (_, n) => `${1_000_000 + n},Place ${n % 90},0.0${100 + (n % 800)}`)
    await page.locator('input[type=file]').setInputFiles({ name: `kept-${mark}.csv`, mimeType: 'text/csv', buffer: Buffer.from(['Prefix,Destination,Rate', ...rates, ''].join('\n')) })
    await page.getByRole('button', { name: 'Upload and read' }).click()
    await page.getByText('40,000 rates').first().waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Keep as a draft' }).click()
    await ends(async () => ['keeping', 'kept'].includes((await api(page, `/imports/${page.url().match(/\d+$/)[0]}`)).state), 'it is being kept')
    await stack().stopNode()
    await stack().startNode()
    await page.getByRole('button', { name: 'Publish now' }).waitFor({ timeout: 90_000 }) // without a hand
    const { items } = await api(page, '/decks?provider_id=4&status=draft&limit=50')
    const kept = items.filter((deck) => deck.file === `kept-${mark}.csv`)
    assert.equal(kept.length, 1, JSON.stringify(items))
    assert.equal(kept[0].rates, 40_000)
    await page.getByRole('button', { name: 'Delete draft' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await ends(async () => !JSON.stringify(await api(page, '/decks?provider_id=4&status=draft&limit=50')).includes(`kept-${mark}`), 'the draft is gone')
  }))
