// Without a mouse: everything can be reached, nothing happens by accident, and who
// closes something is where they were before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beside, dialogue, ends, mark, row, stack, visit } from './doing.mjs'

// focus is what has it: its role and name, as they are read aloud.
const focus = (page) => page.evaluate(() => ({ tag: document.activeElement?.tagName, text: (document.activeElement?.ariaLabel || document.activeElement?.textContent || '').trim(), inside: Boolean(document.activeElement?.closest('[role=dialog]')) }))

// tabTo goes on by Tab until something of that name has the focus.
async function tabTo(page, name, most = 80) {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press('Tab')
    if (name.test((await focus(page)).text)) return
  }
  throw new Error(`Tab does not come to ${name}`)
}

// trapped holds when neither Tab nor Shift+Tab leaves the dialogue.
async function trapped(page) {
  for (const key of [...Array(40).fill('Tab'), ...Array(5).fill('Shift+Tab')]) {
    await page.keyboard.press(key)
    assert.ok((await focus(page)).inside, `${key} left the dialogue: ${JSON.stringify(await focus(page))}`)
  }
}

beside('keyboard only: sign in, skip to the content, add a provider', () =>
  visit({}, async (visitor) => {
    const page = await visitor.tab('/providers')
    const user = stack().user('operator')
    await page.locator('input[name=login]').waitFor()
    await page.keyboard.type(user.login) // it has the focus
    await page.keyboard.press('Tab')
    await page.keyboard.type(user.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Providers' }).waitFor()

    await page.keyboard.press('Tab')
    assert.equal((await focus(page)).text, 'To the content')
    const skip = await page.getByRole('link', { name: 'To the content' }).boundingBox()
    assert.ok(skip && skip.x >= 0 && skip.y >= 0 && skip.width > 20, `the skip link cannot be seen: ${JSON.stringify(skip)}`)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Add provider$/, 3) // no way through the navigation
    await page.keyboard.press('Enter')
    const form = dialogue(page, 'New provider')
    await form.waitFor()
    await ends(async () => (await focus(page)).inside, 'the focus goes into the dialogue')
    await trapped(page)
    await page.keyboard.press('Escape')
    await form.waitFor({ state: 'detached' })
    await ends(async () => (await focus(page)).text === 'Add provider', 'the focus is where it was')

    await page.keyboard.press('Enter')
    await form.waitFor()
    await ends(async () => (await focus(page)).inside, 'the focus goes into the dialogue')
    await form.getByRole('textbox', { name: 'Name', exact: true }).focus()
    await page.keyboard.type(`By hand ${mark}`)
    await form.getByRole('combobox', { name: 'Currency', exact: true }).focus()
    await page.keyboard.type('EUR')
    await page.getByRole('option', { name: /^EUR/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await form.getByRole('textbox', { name: 'Name', exact: true }).focus()
    await page.keyboard.press('Enter') // of a form is Save
    await page.getByRole('heading', { level: 1, name: `By hand ${mark}` }).waitFor()
  }))

beside('keyboard only: search, rows, help, and a form that is not left unasked', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('admin', '/')
    await page.keyboard.press('/')
    await page.getByRole('combobox', { name: 'Search' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
    await page.keyboard.type('VoxBeam')
    // Others may stand above it until the whole name is asked for.
    await page.getByRole('option', { name: /VoxBeam.*provider/, selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'VoxBeam' }).waitFor()

    await page.keyboard.press('?')
    await dialogue(page, 'Keyboard').waitFor()
    await ends(async () => (await focus(page)).inside, 'the focus goes into the dialogue')
    await trapped(page)
    await page.keyboard.press('Escape')
    await dialogue(page, 'Keyboard').waitFor({ state: 'detached' })

    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('heading', { level: 1, name: 'Providers' }).waitFor()
    await page.getByRole('row').nth(1).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/providers\/\d+/)

    // Something typed is not lost by a key.
    await page.goto(`${stack().url}/providers/8?tab=settings`)
    const name = page.getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('Something else')
    await name.blur()
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    const question = dialogue(page, 'Leave without saving?')
    await question.waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    assert.equal(await name.inputValue(), 'Something else')
    assert.match(page.url(), /\/providers\/8/)
  }))

test('keyboard only: no key hangs up a call by accident', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('operator', '/live')
    const call = stack().dial('74957777777', { talk: '120s' })
    try {
      await row(page, 'Retail').getByText('talking').waitFor()
      await page.keyboard.press('j')
      for (const key of ['h', 'x', 'd', 'Delete', 'Backspace', ' ']) await page.keyboard.press(key)
      assert.equal(await page.getByRole('dialog').filter({ hasText: 'Hang up this call?' }).count(), 0)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Why this route' }).waitFor()
      await tabTo(page, /^Hang up$/)
      await page.keyboard.press('Enter')
      const sure = page.getByRole('dialog').filter({ hasText: 'Hang up this call?' })
      await sure.waitFor()
      // Enter once more, as who presses it twice: a reason is wanted first.
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await sure.getByText('Say why, in a few words').waitFor()
      await page.keyboard.press('Escape')
      await sure.waitFor({ state: 'detached' })
      await ends(async () => (await focus(page)).text === 'Hang up', 'the focus is where it was')
      await page.keyboard.press('Escape')
      await row(page, 'Retail').getByText('talking').waitFor()
      assert.doesNotMatch(call.said, /ended/)
    } finally {
      await call.hangUp()
    }
  }))
