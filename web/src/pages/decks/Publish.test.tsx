// @vitest-environment happy-dom
// What is published at a time is compared with the deck that is in force then.
import { MantineProvider } from '@mantine/core'
import { act, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Router } from 'wouter'
import { memoryLocation } from 'wouter/memory-location'
import { setLocale } from '../../i18n'
import type { Question } from '../../ui'
import { PublishDeck } from './Publish'

const { get, post, confirm } = vi.hoisted(() => ({ get: vi.fn(), post: vi.fn(), confirm: vi.fn() }))
vi.mock('../../api', async (original) => ({
  ...(await original<object>()),
  get,
  post,
  useForget: () => async () => {},
  useMe: () => ({ operates: true }),
  useRecord: () => ({ data: { value: { id: 13, status: 'draft', in_force_id: 4 }, etag: '"1"' } }),
}))
vi.mock('../../ui', async (original) => ({ ...(await original<object>()), confirm }))

const nothing = { created: 0, raised: 0, lowered: 0, deleted: 0, blocked: 0, unchanged: 7, steep: 0, hasty: 0, histogram: [], cost_most: [], destinations: [], losses: [], currency: 'USD', options: {} }

let roots: Root[] = []
beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  setLocale({ language: 'en', zone: 'Europe/Moscow' })
  confirm.mockResolvedValue({ reason: '' })
  post.mockResolvedValue({})
})
afterEach(async () => {
  await act(async () => roots.forEach((r) => r.unmount()))
  roots = []
  vi.resetAllMocks()
})

async function show(what: ReactNode) {
  const box = document.createElement('div')
  const root = createRoot(box)
  roots.push(root)
  await act(async () =>
    root.render(
      <MantineProvider>
        <Router hook={memoryLocation({ path: '/' }).hook}>{what}</Router>
      </MantineProvider>,
    ),
  )
  return box
}

const press = (box: Element, label: string) => act(async () => [...box.querySelectorAll('button')].find((b) => b.textContent === label)!.click())

async function later(box: Element, when: string) {
  await press(box, 'Publish at a time…')
  const input = box.querySelector('input')!
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, when)
    input.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await press(box, 'Publish at a time')
}

test('later: the changes of that time are shown, and its deck is expected', async () => {
  get.mockResolvedValue({ ...nothing, base: { id: 12 } })
  await later(await show(<PublishDeck id={13} />), '2099-02-01T09:00')
  const at = '2099-02-01T06:00:00.000Z'
  expect(get).toHaveBeenCalledWith('/decks/{id}/preview', { at: { id: 13 }, query: { at } })
  const asked = confirm.mock.calls[0]![0] as Question
  expect((await show(asked.body)).textContent).toContain('Compared with deck 12, in force at that time')
  expect(post).toHaveBeenCalledWith('/decks/{id}/publish', { at: { id: 13 }, body: { at, expected_deck_id: 12 } })
})

test('now: the deck in force is expected', async () => {
  await press(await show(<PublishDeck id={13} />), 'Publish now')
  expect(get).not.toHaveBeenCalled()
  expect(post).toHaveBeenCalledWith('/decks/{id}/publish', { at: { id: 13 }, body: { expected_deck_id: 4 } })
})

test('what cannot be compared is not published', async () => {
  get.mockRejectedValue(new Error('over already'))
  await later(await show(<PublishDeck id={13} />), '2001-02-01T09:00')
  expect(confirm).not.toHaveBeenCalled()
  expect(post).not.toHaveBeenCalled()
})
