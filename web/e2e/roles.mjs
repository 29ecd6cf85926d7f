// What a role may not do is not offered, and whoever tries is told in a sentence.
import assert from 'node:assert/strict'
import { api, beside, field, newcomer, opened, places, stack, turn, visit } from './doing.mjs'

// Buttons that change something, by the first words of their names.
const deeds = /^(Add|New(?! York)|Create|Save|Delete|Remove|Import|Upload|Hang up|Publish|Keep as|Roll back|Top up|Withdraw|Adjust|Pay|Reverse|Verify|Discard|Set|End|Edit|Change|Reset)\b/

// What an operator does not do: money and people.
const money = /^(Top up|Withdraw|Adjust|Pay|Reverse|Verify|Add account|New account|Add user|New user)\b/

const things = ['/providers/8', '/providers/8?tab=settings', '/providers/8?tab=gates', '/providers/8?tab=addresses', '/accounts/4', '/accounts/4?tab=settings', '/decks/7', '/servers/1', '/servers/1?tab=telephones', '/quality/heat', '/quality/time', '/quality/causes', '/quality/margin', '/attempts']

// offers are the names of buttons of all pages that change something.
async function offers(page, kind, paths) {
  const found = []
  for (const path of paths) {
    await turn(page, path)
    const names = await page.locator('main').getByRole('button').evaluateAll((all) => all.map((b) => (b.ariaLabel || b.textContent || '').trim()))
    found.push(...names.filter((name) => kind.test(name)).map((name) => `${path}: ${name}`))
  }
  return found
}

beside('an analyst is offered nothing that changes anything', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst')
    const pages = await places(page)
    for (const secret of ['/users', '/audit']) assert.ok(!pages.includes(secret), secret)
    // Their own keys are theirs.
    assert.deepEqual(await offers(page, deeds, [...pages.filter((path) => path !== '/keys'), ...things]), [])
    assert.deepEqual(visitor.refused, [], 'no page asks for what is not theirs')
    for (const path of ['/users', '/audit']) {
      await page.goto(stack().url + path)
      await page.getByText('There is no such page').waitFor()
    }
    // A link of an administrator opens the page, not the form.
    for (const path of ['/providers?edit=new', '/numbers?edit=new']) {
      await opened(page, path)
      assert.equal(await page.getByRole('dialog').count(), 0, path)
    }
  }))

beside('an operator is offered routing, not money and not people', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator')
    const pages = await places(page)
    for (const secret of ['/users', '/audit']) assert.ok(!pages.includes(secret), secret)
    const routing = await offers(page, deeds, ['/providers', '/numbers', '/decks', '/servers', '/policies'])
    assert.ok(routing.length >= 5, `too little: ${routing}`)
    assert.deepEqual(await offers(page, money, ['/accounts', '/accounts/4', '/accounts/4?tab=statement', '/ledger']), [])
    await opened(page, '/accounts/4?tab=settings')
    assert.ok(await field(page, 'Name').isDisabled(), 'settings of an account are only shown')
    assert.deepEqual(visitor.refused, [], 'no page asks for what is not theirs')
  }))

beside('an administrator is offered both: the words of these tests are the right ones', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('admin')
    const found = await offers(page, money, ['/accounts', '/accounts/4', '/ledger', '/users'])
    assert.ok(found.length >= 4, `too little: ${found}`)
  }))

beside('a right that was taken away while a form is open: a sentence, and the form is kept', () =>
  visit({}, async (visitor) => {
    const user = await newcomer('operator')
    const page = await visitor.signIn(user, '/providers?edit=new')
    const form = page.getByRole('dialog', { name: 'New provider' })
    await field(form, 'Name').fill('Too late')
    await form.getByRole('combobox', { name: 'Currency', exact: true }).click()
    await page.getByRole('option', { name: /^EUR/ }).first().click()
    await demote(user.login)
    // Their sessions may have ended with the right, and the page may notice before it is
    // clicked: the same person signs in again.
    await form.getByRole('button', { name: 'Create' }).click({ timeout: 3_000 }).catch(() => {})
    const door = page.locator('input[name=password]')
    const said = form.getByRole('alert')
    await door.or(said).first().waitFor()
    if (await door.isVisible()) {
      await visitor.door(page, user)
      await opened(page)
      assert.equal(await page.getByRole('button', { name: 'Add provider' }).count(), 0)
    } else {
      assert.match(await said.textContent(), /not|analyst|operator|role/)
      assert.equal(await field(form, 'Name').inputValue(), 'Too late')
    }
    const refused = await api(page, '/providers', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'Too late', currency_id: 1 }) })
    assert.equal(refused.status, 403)
    assert.match(refused.detail, /\w+ \w+ \w+/)
  }))

// demote makes an analyst of somebody, as an administrator does.
async function demote(login) {
  await visit({}, async (visitor) => {
    const page = await visitor.signIn('admin', '/profile')
    const { items } = await api(page, `/users?q=${login}`)
    const { id, ...user } = items.find((u) => u.login === login)
    const said = await page.evaluate(
      async ([id, login]) => {
        const read = await fetch(`/api/v1/users/${id}`)
        const { name, email, language, time_zone } = await read.json()
        const body = JSON.stringify({ login, name, email, language, time_zone, role: 'analyst', enabled: true })
        const answer = await fetch(`/api/v1/users/${id}`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': read.headers.get('ETag') }, body })
        return `${answer.status} ${await answer.text()}`
      },
      [id, login],
    )
    assert.match(said, /^200/, `${said} ${JSON.stringify(user)}`)
  })
}
