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

  it('says what was borrowed and from where, what waiting cost, and which floor', async () => {
    setLocale({ language: 'en' })
    const figures = { own_ppm: 63_000, borrowed_ppm: 204_000, borrowed_from: 'provider' as const, expected_ppm: 95_000, ended_ppm: 952_000, gain: '0.031', fee: '0.0001', wait_ms: 3240, wait_cost: '0.000213' }
    const weighed = { worth: '0.0024', answered_at_least_ppm: 81_000, samples: 57, exploring: false, floored: true, figures, floor: { measure: 'asr' as const, prefix: '7', least_ppm: 150_000, over: 50, share_ppm: 63_000, of: 57 } }
    const other = { ...weighed, samples: 0, floored: false, floor: null, figures: { ...figures, borrowed_from: 'prefix' as const, borrowed_prefix: '74951' } }
    const plan = [
      { ...told.plan![0]!, weighed },
      { ...told.plan![1]!, weighed: other },
    ]
    const of: Told = { ...told, policy: 'best (quality)', policy_kind: 'quality', policy_id: 2, plan, destination: { prefix: '7495123', answered_ppm: 441_000 } }
    const box = await shown({ told: of })
    const rows = [...box.querySelectorAll('.y-quality')]
    expect(rows.map(text)).toEqual([
      'at least 8.1 % answered, by 57 calls of its own · worth 0.0024 USD a callbehind all others: ASR (7…) 6.3 % of 57, below 15.0 % over 50its own: 6.3 % · borrowed: 20.4 %, from its provider everywhere · 3.2 s of waiting cost 0.0002 USD',
      expect.stringContaining('borrowed: 20.4 %, from its calls to 74951 · 3.2 s of waiting'),
    ])
    expect(text(rows[1]!)).not.toContain('its own:')
    expect(rows[0]!.querySelector('[title]')?.getAttribute('title')).toBe('9.5 % expected to be answered; 95.2 % of its calls end there; an answer gains 0.0310 USD, a failure costs 0.0001 USD')
    expect(text(box.querySelector('.y-call'))).toContain('All routes44.1 % answered, of calls to 7495123')
    await act(async () => root?.unmount())
    setLocale({ language: 'ru' })
    const russian = text((await shown({ told: of })).querySelector('.y-quality'))
    expect(russian).toContain('позади всех: ASR (7…) 6,3 % из 57, ниже 15,0 % при 50')
    expect(russian).toContain('свои: 6,3 % · заимствовано: 20,4 %, у его провайдера повсюду · 3,2 с ожидания стоят 0,0002 USD')
  })

  it.each([
    ['best (quality)', 'best quality'],
    ['best (quality, one of the few calls that test a route)', 'best quality'],
    ['best (quality, of which nothing was known: by cost)', 'best quality, of which nothing was known: by cost'],
  ])('says how the call was ordered: %s', async (policy, words) => {
    setLocale({ language: 'en' })
    const box = await shown({ told: { ...told, policy, policy_kind: 'quality', policy_id: 2 } })
    expect(text(box.querySelector('.y-call'))).toContain(words)
    expect(text(box.querySelector('.y-call'))).not.toContain('ticket')
  })

  it('counts the calls of a policy that shares from one', async () => {
    setLocale({ language: 'en' })
    const box = await shown({ told: { ...told, policy: 'Moscow 60/40 (share, ticket 3)', policy_kind: 'share', policy_id: 2 } })
    expect(text(box.querySelector('.y-call'))).toContain('Moscow 60/40 shares, call no. 4 of its turn')
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
