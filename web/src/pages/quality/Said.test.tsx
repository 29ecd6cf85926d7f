// @vitest-environment happy-dom
// Causes are counted by provider, tier and country: with another filter they are not asked for.
import { act, type ReactNode } from 'react'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Router } from 'wouter'
import { memoryLocation } from 'wouter/memory-location'
import { setLocale } from '../../i18n'
import { askedOf } from './asked'
import { Counted, Said } from './Said'
import type { CauseRow } from './useReport'

const asking = vi.fn()
beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  setLocale({ language: 'en' })
  asking.mockImplementation(() => new Promise(() => {}))
  vi.stubGlobal('fetch', asking)
})
afterEach(() => {
  vi.unstubAllGlobals()
  asking.mockReset()
})

async function show(search: string, what: ReactNode = <Said asked={askedOf(new URLSearchParams(search), { name: '24h', from: '2026-11-20T00:00:00.000Z', to: undefined })} />) {
  const box = document.createElement('div')
  const root = createRoot(box)
  const at = memoryLocation({ path: `/quality/causes?${search}`, searchPath: search } as never)
  await act(async () =>
    root.render(
      <MantineProvider>
        <QueryClientProvider client={new QueryClient()}>
          <Router hook={at.hook} searchHook={at.searchHook}>
            {what}
          </Router>
        </QueryClientProvider>
      </MantineProvider>,
    ),
  )
  const seen = { text: box.textContent, links: [...box.querySelectorAll('a')].map((a) => a.getAttribute('href')) }
  await act(async () => root.unmount())
  return seen
}

test('what they know is asked for', async () => {
  await show('provider=7&country=RU')
  expect(asking).toHaveBeenCalledTimes(1)
})

test.each(['gate', 'server', 'account', 'prefix', 'network'])('with %s they say what they are told by', async (name) => {
  const { text, links } = await show(`country=RU&${name}=5`)
  expect(asking).not.toHaveBeenCalled()
  expect(text).toContain('provider, tier and country only')
  expect(links).toEqual(['/quality/causes?country=RU'])
})

test('rare causes that were put together have no list', async () => {
  const line = { result: 'failed', blame: 'route', bids: 12 }
  const of = (row: CauseRow) => show('', <Counted of={row} />)
  expect(await of({ ...line, behind: '/attempts?sip_status=0&cause=0' })).toMatchObject({ links: ['/attempts?sip_status=0&cause=0'], text: expect.stringMatching(/12$/) })
  expect(await of({ ...line, folded: true })).toMatchObject({ links: [], text: expect.stringContaining('there is no list of exactly these attempts') })
  const some = await of({ ...line, sip_status: 503, cause: 34, folded: true, behind: '/attempts?sip_status=503&cause=34' })
  expect(some).toMatchObject({ links: ['/attempts?sip_status=503&cause=34'], text: expect.stringContaining('the list can have more') })
})
