// @vitest-environment happy-dom
import { QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { queries, useForget, useRecord } from './hooks'

let root: Root
let shown: (string | undefined)[] = []
let there = 'first'
let forget: () => unknown

function Drawer() {
  const read = useRecord('/providers/{id}', { id: 8 })
  shown.push(read.data?.value.name)
  return null
}
function Page() {
  const forgetting = useForget()
  forget = () => forgetting('/providers')
  return <Drawer />
}

const open = () =>
  act(async () =>
    root.render(
      <QueryClientProvider client={queries}>
        <Page />
      </QueryClientProvider>,
    ),
  )

const reads = (name: string) => act(() => vi.waitFor(() => expect(shown.at(-1)).toBe(name), { timeout: 10_000 }))

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ id: 8, name: there }), { headers: { 'Content-Type': 'application/json', ETag: '"1"' } }))
  root = createRoot(document.createElement('div'))
})
afterEach(async () => {
  await act(async () => root.unmount())
  vi.unstubAllGlobals()
})

test('a form that is opened again does not begin with what was read before it was saved', async () => {
  await open()
  await reads('first')
  there = 'second'
  await act(async () => {
    void forget()
    root.render(null) // closed before it has been read again
  })
  await act(async () => new Promise((done) => setTimeout(done)))
  shown = []
  await open()
  await reads('second')
  expect(shown).not.toContain('first')
})
