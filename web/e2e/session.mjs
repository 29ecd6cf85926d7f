// A session that ends in the middle of something.
import assert from 'node:assert/strict'
import { faults } from './browser.mjs'
import { api, beside, dialogue, field, mark, newcomer, opened, stack, visit } from './doing.mjs'

// signOutElsewhere ends the session as another tab of the same browser does. The page may
// notice before it is clicked, and hide the button: such a click is given up soon.
async function signOutElsewhere(visitor) {
  const other = await visitor.tab('/profile')
  await opened(other)
  await other.getByRole('button', { name: /^You:/ }).click()
  await other.getByRole('menuitem', { name: 'Sign out' }).click()
  await other.locator('input[name=login]').waitFor()
  await other.close()
}

beside('a session ends in the middle of a form on a page: what was typed is there again', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('admin', '/providers/7?tab=settings')
    const channels = await field(page, 'Channels').inputValue()
    await field(page, 'Channels').fill('77')
    await signOutElsewhere(visitor)
    await page.getByRole('button', { name: 'Save' }).click({ timeout: 3_000 }).catch(() => {})
    await page.getByText('Your session is over. What you were doing is kept').waitFor()
    assert.deepEqual(await faults(page), [])
    await visitor.door(page, stack().user('admin'))
    assert.equal(await field(page, 'Channels').inputValue(), '77')
    assert.notEqual((await api(page, '/providers/7')).channels, 77, 'nothing was saved without a session')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
    assert.equal((await api(page, '/providers/7')).channels, 77)
    await field(page, 'Channels').fill(channels)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').first().waitFor()
  }))

beside('a session ends in the middle of a form in a drawer: one can sign in, and it is there again', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/providers?edit=new')
    const form = dialogue(page, 'New provider')
    await field(form, 'Name').fill(`Kept ${mark}`)
    await form.getByRole('combobox', { name: 'Currency', exact: true }).click()
    await page.getByRole('option', { name: /^EUR/ }).first().click()
    await signOutElsewhere(visitor)
    await form.getByRole('button', { name: 'Create' }).click({ timeout: 3_000 }).catch(() => {})
    await page.getByText('Your session is over. What you were doing is kept').waitFor()
    // With a mouse, as people do: nothing may lie over the door.
    await page.locator('input[name=password]').click({ timeout: 5000 })
    await visitor.door(page, stack().user('operator'))
    assert.equal(await field(form, 'Name').inputValue(), `Kept ${mark}`)
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: `Kept ${mark}` }).waitFor()
  }))

beside('somebody else signs in at the same screen: nothing of the one before is there', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('admin', '/providers/7?tab=settings')
    await field(page, 'Name').fill('A secret of the administrator')
    await signOutElsewhere(visitor)
    await page.getByRole('button', { name: 'Save' }).click({ timeout: 3_000 }).catch(() => {})
    await page.getByText('Your session is over').waitFor()
    await visitor.door(page, stack().user('analyst'))
    await opened(page)
    assert.notEqual(await field(page, 'Name').inputValue(), 'A secret of the administrator')
    assert.equal(await page.getByRole('link', { name: 'Audit log' }).count(), 0)
  }))

beside('an administrator ends a session: the page says so by itself', () =>
  visit({}, async (visitor) => {
    const user = await newcomer('operator')
    const page = await visitor.signIn(user, '/live')
    await page.getByRole('status').filter({ hasText: /^live$/ }).waitFor()
    await stack().tandem('user', 'disable', user.login)
    // The stream looks every ten seconds.
    await page.getByText('Your session is over').waitFor({ timeout: 30_000 })
  }))
