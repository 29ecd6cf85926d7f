// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { setLocale } from '../../i18n'
import type { Told } from './argument'
import { Why, type WhyProps } from './Why'

const price = { deck: 4, prefix: '44', currency: 'USD', per_minute: '0.01', connection_fee: '0', minimum_charge: '0', attempt_fee: '0', first_s: 60, next_s: 60, expected: '0.030000' }
const told: Told = {
  policy: 'least_cost',
  policy_kind: 'least_cost',
  base_currency: 'USD',
  lengths: 'calls to 44',
  mean_talk_ms: 150_000,
  sale: '0.050000',
  plan: [
    { n: 1, key: '8.c.a1', provider: 'VoxBeam', tier: 'cli', dial: 'PJSIP/1', cost: '0.030000', price, reason: '' },
    { n: 2, key: '11.c.a5', provider: 'VoiceBuy', tier: 'cli', dial: 'PJSIP/2', cost: '0.036000', price: { ...price, expected: '0.036000' }, reason: '', preferred_by: 'route_rules id 3' },
  ],
  dropped: [
    { key: '3.c', provider: 'Zadarma', tier: 'cli', reason: 'breaker_open' },
    { key: '5.c', provider: 'IPPort', tier: 'cli', reason: 'would_lose', cost: '0.09' },
    { key: '6.c', provider: 'Multitel', tier: 'cli', reason: 'rule_blocks', detail: 'route_rules id 5' },
  ],
}
const call = { server: 'asterisk-1', at: '2026-11-21T10:00:00Z', b_number: '442038070121', cli: '74951815000' }

beforeAll(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
})

let root: Root | undefined
afterEach(async () => {
  await act(async () => root?.unmount())
  setLocale({ language: 'en' })
})

async function shown(props: Omit<WhyProps, 'call'>): Promise<HTMLElement> {
  const box = document.createElement('div')
  const made = createRoot(box)
  root = made
  await act(async () =>
    made.render(
      <MantineProvider>
        <Why call={call} {...props} />
      </MantineProvider>,
    ),
  )
  return box
}
const text = (box: Element | null) => box?.textContent?.replace(/\s+/g, ' ').trim() ?? ''

describe('Why', () => {
  it('argues: who goes first, what stays, what comes next', async () => {
    setLocale({ language: 'en' })
    const box = await shown({ told, tried: [{ route: '8.c.a1', result: 'busy', sip_status: 486 }] })
    expect(text(box.querySelector('.y-verdict'))).toBe('VoxBeam cli goes first: the cheapest of 2 routes. An expected call costs 0.0300 USD. The account pays 0.0500 USD: 0.0200 USD stay, 40.0 %. If it fails, VoiceBuy cli is next.')
    const rows = [...box.querySelectorAll('.y-routes > li')].map(text)
    expect(rows[0]).toContain('tried: busy, SIP 486')
    expect(rows[1]).toContain('preferred by route rule 3 · 20.0 % dearer than the cheapest')
    expect(box.querySelector('.y-bar')?.getAttribute('aria-label')).toBe('0.0300 USD: talk 0.0250, billed beyond the talk 0.0050')
    expect([...box.querySelectorAll('.y-reason strong')].map(text)).toEqual(['It failed again and again and rests', 'Costs more than the account pays', 'A rule blocks it'])
    expect(box.querySelector('.y-reason a')?.getAttribute('href')).toBe('/policies?tab=route-rules&open=5')
  })

  it('draws the parts and the sale on one scale', async () => {
    const box = await shown({ told })
    const width = (n: number) => [...box.querySelectorAll('.y-bar')[n]!.querySelectorAll<HTMLElement>('.y-part')].map((p) => p.style.width)
    expect(width(0)).toEqual(['50%', '10%'])
    expect(box.querySelector<HTMLElement>('.y-sale')?.style.left).toBe('100%')
  })

  it('says what a call loses', async () => {
    const box = await shown({ told: { ...told, sale: '0.020000' } })
    expect(text(box.querySelector('.y-verdict'))).toContain('the call loses 0.0100 USD')
  })

  it('says why there is no route, with the rule that says so', async () => {
    const box = await shown({ told: { policy: 'least_cost', refused: 'called_blocked', detail: 'block_list id 3, prefix 882' }, refusal: { reason: 'called_blocked', cause: 21, message: 'no-service' } })
    expect(text(box.querySelector('.y-verdict'))).toBe('No route may be used: the number called is on the block list (block list row 3, prefix 882). The caller is turned away with cause 21 and hears “not allowed”.')
  })

  it('says in Russian, too', async () => {
    setLocale({ language: 'ru' })
    const box = await shown({ told })
    expect(text(box.querySelector('.y-verdict'))).toContain('Первым идёт VoxBeam cli: самый дешёвый из 2. Ожидаемый звонок стоит 0,0300 USD.')
    expect(text(box.querySelector('.y-dropped h3'))).toBe('Не подошли: 3 кандидата')
  })

  it('says what was known of a route, and what it did', async () => {
    setLocale({ language: 'en' })
    const weighed = { worth: '0.0123', answered_at_least_ppm: 412_000, samples: 120, exploring: false, floored: false }
    const plan = [
      { ...told.plan![0]!, weighed },
      { ...told.plan![1]!, preferred_by: undefined, weighed: { ...weighed, samples: 0, floored: true, demoted_since: '2026-11-21T08:00:00Z' } },
    ]
    const seen = new Map([['8 cli', { share: 441_000, low: 410_000, high: 472_000, of: 1204, small: false, href: '/quality/time?provider=8&tier=cli' }]])
    const box = await shown({ told: { ...told, policy_kind: 'quality', plan }, seen })
    expect(text(box.querySelector('.y-verdict'))).toContain('VoxBeam cli goes first: a call is worth most on it, of 2 routes.')
    const rows = [...box.querySelectorAll('.y-quality')]
    expect(rows.map(text)).toEqual([
      'at least 41.2 % answered, by 120 calls of its own · worth 0.0123 USD a callASR 44.1 % of 1,204 in the 24 h before, with 95 % 41.0 % to 47.2 %',
      expect.stringMatching(/^at least 41.2 % answered, by what its provider and its prefix do.*behind all others: below a floorworse than the others since/),
    ])
    expect(rows[0]!.querySelector('a')?.getAttribute('href')).toBe('/quality/time?provider=8&tier=cli')
    const band = rows[0]!.querySelector<HTMLElement>('.y-band')!.style
    expect([band.left, band.width, rows[0]!.querySelector<HTMLElement>('.y-low')!.style.left]).toEqual(['41%', '6.2%', '41.2%'])
  })

  it('says that a route is tested again', async () => {
    const weighed = { worth: '0.01', answered_at_least_ppm: 100_000, samples: 3, exploring: true, floored: false }
    const box = await shown({ told: { ...told, policy_kind: 'quality', plan: [{ ...told.plan![0]!, weighed }, told.plan![1]!] } })
    expect(text(box.querySelector('.y-verdict'))).toContain('it is tested again, with a small part of the calls')
    expect(text(box.querySelector('.y-quality'))).toContain('tested again')
  })

  it('owns up when nothing was kept', async () => {
    const box = await shown({ told: { policy: '' } })
    expect(text(box)).toContain('Why it went this way is not kept')
  })
})
