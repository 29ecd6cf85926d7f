// Alarms: a rule is made, fires, is seen on every page, acknowledged with a note, and
// resolved when the rule is switched off. Channels: the secret is shown once, a test
// says what came of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, choose, dialogue, ends, field, mark, opened, row, visit } from './doing.mjs'

test('alarms: from a rule to its alarm, acknowledged and over', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/alarms?tab=rules')
    await opened(page)
    await page.getByRole('button', { name: 'Add rule' }).click()
    const form = dialogue(page, 'New alarm rule')
    const name = `Too many bids ${mark}`
    await field(form, 'Name').fill(name)
    await choose(form, 'Measure', 'Bids')
    await choose(form, 'When it', 'is above')
    await field(form, 'Limit').fill('1')
    await choose(form, 'Over', '1 day')
    await choose(form, 'So for', 'at once')
    await choose(form, 'Severity', 'critical')
    // What is below the limit cannot be where it is over: the API says so on the field.
    await field(form, 'Over at').fill('5')
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByText('want value or less').waitFor()
    await field(form, 'Over at').fill('')
    await form.getByRole('button', { name: 'Create' }).click()
    await form.waitFor({ state: 'detached' })

    const bell = page.getByRole('link', { name: /alarms? fires?, \d+ not acknowledged/ })
    const { items } = await api(page, `/alarm-rules?q=${encodeURIComponent(name)}`)
    const mine = async () => (await api(page, `/alarms?rule_id=${items[0].id}`)).items[0]
    await ends(async () => (await mine())?.state === 'firing', 'it fires', 90)
    await bell.waitFor()
    await bell.click()
    await row(page, name).click()
    const alarm = page.getByRole('dialog').filter({ hasText: name })
    await alarm.getByText('above 1', { exact: true }).waitFor()
    await field(alarm, 'What is being done about it').fill('we look into it')
    await alarm.getByRole('button', { name: 'Acknowledge' }).click()
    await alarm.getByRole('button', { name: 'Take back' }).waitFor()
    assert.equal((await mine()).ack_note, 'we look into it')
    await alarm.getByRole('link', { name: 'What is behind it' }).click()
    await page.getByRole('heading', { level: 1, name: /^Quality/ }).waitFor()

    await opened(page, `/alarms?tab=rules&open=${items[0].id}`)
    const rule = page.getByRole('dialog').filter({ hasText: name })
    await rule.getByRole('button', { name: 'Try it now' }).click()
    await rule.getByText('1 of 1 would fire').waitFor()
    // What is tried is what stands in the form, saved or not.
    const limit = field(rule, 'Limit')
    const was = await limit.inputValue()
    await limit.fill('999999999')
    await rule.getByRole('button', { name: 'Try it now' }).click()
    await rule.getByText('0 of 1 would fire').waitFor()
    await limit.fill(was)
    await rule.getByRole('switch', { name: 'Enabled' }).press('Space')
    await rule.getByRole('button', { name: 'Save' }).click()
    await ends(async () => (await mine()) === undefined, 'it is over', 90)
    await opened(page, `/alarms?state=resolved&rule_id=${items[0].id}`)
    await row(page, name).waitFor()
  }))

test('alarms: a channel shows its secret once, a test says what came of it', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/alarms?tab=channels')
    await opened(page)
    await page.getByRole('button', { name: 'Add channel' }).click()
    const form = dialogue(page, 'New channel')
    const name = `Pager ${mark}`
    await field(form, 'Name').fill(name)
    await field(form, 'Address').fill('https://127.0.0.1:9/alarms')
    await form.getByRole('button', { name: 'Create' }).click()
    const made = dialogue(page, `The secret of ${name}`)
    await made.getByText(/^whsec_/).waitFor()
    await made.getByRole('button', { name: 'I have noted it' }).click()
    await row(page, name).click()
    const channel = dialogue(page, name)
    await channel.getByRole('button', { name: 'Send a test' }).click()
    await channel.getByText(/^Not sent: /).waitFor()
    assert.ok(!(await channel.textContent()).includes('whsec_'))
    await opened(page, '/alarms?tab=deliveries')
    await row(page, name).getByText('failed').waitFor()
  }))
