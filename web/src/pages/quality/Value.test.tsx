// @vitest-environment happy-dom
// A cell stays where it is while what it shows comes and goes.
import { act, type ReactNode } from 'react'
import { MantineProvider } from '@mantine/core'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Router } from 'wouter'
import { memoryLocation } from 'wouter/memory-location'
import { setLocale } from '../../i18n'
import { Member, type Row } from './columns'
import type { Figures } from './measures'
import { Value } from './Value'

const figures: Figures = { bids: 200, seizures: 180, effective: 160, answers: 100, talk_ms: 6_000_000, cost: '12.50', sale: '20.00', margin: '7.50', blame: { caller: 0, called: 0, route: 0, us: 0 } }

let root: Root
let box: HTMLElement
beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  setLocale({ language: 'en' })
  box = document.createElement('div')
  root = createRoot(box)
})
afterEach(() => act(async () => root.unmount()))

const at = memoryLocation({ path: '/' })
const show = async (what: ReactNode) => {
  await act(async () =>
    root.render(
      <MantineProvider>
        <Router hook={at.hook}>{what}</Router>
      </MantineProvider>,
    ),
  )
  return box.textContent
}

test('a figure that appears and vanishes', async () => {
  const cell = (acd_ms?: number) => show(<Value m="acd" of={{ ...figures, acd_ms }} watched={new Set()} />)
  expect(await cell()).toContain('–')
  expect(await cell(60_000)).toContain('60')
  expect(await cell()).toContain('–')
})

test('a line of all, then one of a country', async () => {
  const cell = (more: Partial<Row>) => show(<Member of={{ ...figures, by: {}, ...more }} d="country" first />)
  expect(await cell({ total: true })).toContain('All')
  expect(await cell({ by: { country: 'GB' } })).toContain('United Kingdom')
  expect(await cell({ total: true })).toContain('All')
})

test('a change of a share says by its shape whether it may be chance', async () => {
  const asr = (share: number) => ({ ...figures, asr: { share, low: 0, high: 1, of: 180 } })
  const cell = (verdict?: string) => show(<Value m="asr" of={asr(500_000)} before={asr(550_000)} changed={verdict ? { asr: verdict } : undefined} watched={new Set()} />)
  expect(await cell()).toMatch(/50.0 %▽ less by 5.0 pp, may be chance$/)
  expect(await cell('worse')).toMatch(/50.0 %▼ less by 5.0 pp, worse$/)
  expect(await show(<Value m="bids" of={figures} before={{ ...figures, bids: 100 }} watched={new Set()} />)).toMatch(/200▲ more by ×2.0$/)
})
