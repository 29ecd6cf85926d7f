import { describe, expect, it } from 'vitest'
import { addressOf, askedOf, byOf, causesBy, causesFit, fitting, heatFits, shared, told, whole } from './asked'
import { behind } from './behind'
import { partsOf } from './BlameBar'
import { about, isMeasure, wilson, written, type Figures } from './measures'
import { fromText, toText } from './scale'
import { momentsOf } from './series'
import { changeOf, gradeOf } from './tone'

const figures = (more: Partial<Figures> = {}): Figures => ({
  bids: 200, seizures: 180, effective: 160, answers: 100, talk_ms: 6_000_000, cost: '12.50', sale: '20.00', margin: '7.50', margin_share: 375_000,
  asr: { share: 555_555, low: 482_000, high: 626_000, of: 180 }, acd_ms: 60_000, blame: { caller: 10, called: 50, route: 30, us: 5 }, ...more,
})
const day = { name: 'custom' as const, from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' }

describe('what is asked for', () => {
  it('is read from the address and named as the API does', () => {
    const asked = askedOf(new URLSearchParams('provider=7&country=RU&sort=-asr&vs=week'), day)
    expect(asked.query).toEqual({ from: day.from, to: day.to, provider: '7', country: 'RU' })
    expect(asked.compared).toEqual({ ...asked.query, compare: 'week' })
  })

  it('an own time is as long as the one that is shown', () => {
    const asked = askedOf(new URLSearchParams('vs=own&vs_from=2026-11-01T00:00:00.000Z'), { name: '6h', from: '2026-11-20T00:00:00.000Z', to: undefined }, Date.parse('2026-11-20T06:00:30Z'))
    expect(asked.compared).toMatchObject({ to: '2026-11-20T06:00:00.000Z', compare_from: '2026-11-01T00:00:00.000Z', compare_to: '2026-11-01T06:00:00.000Z' })
    expect(askedOf(new URLSearchParams('vs=own'), day).compared).toEqual({ from: day.from, to: day.to })
  })

  it('what is no time is not compared with', () => {
    expect(askedOf(new URLSearchParams('vs=own&vs_from=x'), day)).toMatchObject({ versus: 'none', compared: { from: day.from, to: day.to } })
    for (const range of [{ ...day, from: 'x' }, { ...day, to: 'x' }]) expect(askedOf(new URLSearchParams('vs=own&vs_from=2026-11-01T00:00:00.000Z'), range).versus).toBe('none')
  })

  it('lines are told by what is counted together with what is picked', () => {
    const usual = ['provider', 'tier'] as const
    const by = (text: string | null, where = {}) => byOf(text, [...usual], where)
    expect(by(null)).toEqual(['provider', 'tier'])
    expect(by(null, { account: '5' })).toEqual(['country'])
    expect(by('provider,account', { account: '5' })).toEqual(['account'])
    expect(by('country', { server: 'a' })).toEqual(['provider', 'tier'])
    expect(by(null, { country: 'RU', prefix: '7' })).toEqual(['provider', 'tier'])
    expect(by('account,provider,country')).toEqual(['account', 'country'])
    expect(by('prefix,prefix,x')).toEqual(['prefix'])
    expect(told(causesBy, { account: '5' })).toEqual(['country'])
    expect(told(causesBy, { server: 'a' })).toEqual(['provider', 'tier'])
    expect([{}, { gate: '1' }, { account: '5' }, { server: 'a' }].map(heatFits)).toEqual([true, true, false, false])
  })

  it('causes know provider, tier and country', () => {
    expect([{ provider: '7', tier: 'cli', country: 'RU' }, { gate: '1' }, { account: '5' }].map(causesFit)).toEqual([true, false, false])
    const params = new URLSearchParams('provider=7&gate=1&server=a&account=5&prefix=44&network=X&range=7d')
    expect(addressOf('/quality/causes', params, { prefix: '7' })).toBe('/quality/causes?provider=7&range=7d')
  })

  it('goes along to another page, what is of one page alone stays', () => {
    const params = new URLSearchParams('provider=7&sort=-asr&cols=asr&range=7d&m=ner')
    expect(shared(params)).toBe('provider=7&range=7d')
    expect(addressOf('/quality/time', params, { country: 'GB' })).toBe('/quality/time?provider=7&range=7d&country=GB')
    expect(addressOf('/quality/time', params, { country: '', provider: undefined })).toBe('/quality/time?range=7d&country=-')
  })

  it('dimensions that are not counted together leave', () => {
    expect(fitting(['provider', 'tier', 'country'], 'account')).toEqual(['country'])
    expect(fitting(['account', 'country'], 'provider')).toEqual(['country'])
    expect(fitting(['provider', 'country'], 'server')).toEqual(['provider'])
    expect(fitting(['provider'], 'prefix')).toEqual(['provider'])
  })
})

describe('what is behind a figure', () => {
  it('is of the time that was counted', () => {
    const asked = askedOf(new URLSearchParams('provider=7,11'), { name: '24h', from: '2026-11-20T10:07:00.000Z', to: undefined })
    const counted = whole(asked, { from: '2026-11-20T10:05:00Z', to: '2026-11-21T10:10:00Z' })
    expect(behind(counted.range, counted.where)).toBe('/attempts?provider_id=7%2C11&finished=true&from=2026-11-20T10%3A05%3A00Z&to=2026-11-21T10%3A10%3A00Z')
    expect(counted.query).toEqual(asked.query)
    expect(whole(asked, undefined)).toBe(asked)
  })

  it('has the names of the list of attempts', () => {
    expect(behind(day, { account: '4' }, { provider: '8', country: '', gate: '3' }, 'blame_route')).toBe(
      '/attempts?account_id=4&provider_id=8&country=-&gate_id=3&blame=route&finished=true&from=2026-11-20T00%3A00%3A00.000Z&to=2026-11-21T00%3A00%3A00.000Z',
    )
  })
})

describe('figures', () => {
  it('are written with what they are', () => {
    expect(written('asr', figures(), 'en')).toBe('55.6 %')
    expect(written('acd', figures(), 'en')).toBe('60')
    expect(written('margin', figures({ margin: '-0.005' }), 'en')).toBe('-0.01')
    expect(written('talk', figures(), 'ru')).toBe('100')
    expect(written('ner', figures(), 'en')).toBeUndefined()
    expect(about.blame_route.value(figures())).toBe(0.15)
  })

  it('know their interval as the API does', () => {
    // Wilson: 2 of 10 is 5.67 % to 50.98 %.
    expect(wilson(2, 10)).toEqual({ share: 200_000, low: 56_682, high: 509_838, of: 10 })
    expect(wilson(0, 0)).toBeUndefined()
  })

  it('small is said before good or bad', () => {
    const watched = new Set(['asr'])
    expect(gradeOf('asr', figures(), watched)).toBe('good')
    expect(gradeOf('asr', figures({ levels: { asr: 'bad' } }), watched)).toBe('bad')
    expect(gradeOf('asr', figures({ levels: { asr: 'bad' }, small: ['asr'] }), watched)).toBe('small')
    expect(gradeOf('acd', figures(), watched)).toBe('none')
    expect(gradeOf('ner', figures(), watched)).toBe('none')
  })

  it('change in points, or as a part', () => {
    const before = figures({ asr: { share: 500_000, low: 1, high: 2, of: 3 }, acd_ms: 80_000 })
    expect(changeOf('asr', figures(), before, { asr: 'better' })).toMatchObject({ unit: 'points', sure: 'better' })
    expect(changeOf('asr', figures(), before)?.by).toBeCloseTo(0.055555)
    expect(changeOf('acd', figures(), before)).toEqual({ by: -0.25, unit: 'part', sure: undefined })
    expect(changeOf('margin', figures(), figures({ margin: '-2.5' }))?.by).toBe(10)
    expect(changeOf('bids', figures(), figures({ bids: 0 }))).toBeUndefined()
  })

  it('come apart by what became of bids', () => {
    expect(partsOf(figures())).toEqual([['answers', 100], ['caller', 10], ['called', 50], ['route', 30], ['us', 5], ['other', 5]])
  })

  it('know what is a measure', () => {
    expect(isMeasure('pdd_p95')).toBe(true)
    expect(isMeasure('constructor')).toBe(false)
    expect(isMeasure(null)).toBe(false)
  })
})

describe('thresholds', () => {
  it('are written as people do, and read back', () => {
    for (const [value, unit, text] of [[450_000, 'share', '45'], [1_500, 'share', '0.15'], [2_500, 'ms', '2.5'], [-1, 'money', '-0.000001'], [0, 'money', '0'], [30, 'count', '30']] as const) {
      expect(toText(value, unit)).toBe(text)
      expect(fromText(text, unit)).toBe(value)
    }
    expect(toText(null, 'share')).toBe('')
    expect(fromText(' ', 'share')).toBeNull()
    expect(fromText('2,5', 'ms')).toBe(2500)
    for (const bad of ['x', '1e3', '1.2345', '--1']) expect(fromText(bad, 'ms')).toBeUndefined()
  })
})

describe('points in time', () => {
  it('stand beside those of the other time', () => {
    const list = momentsOf({ grain: 'hour', at: ['2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z'], lines: [{ points: [figures(), null], before: [null, figures({ bids: 3 })] }] })
    expect(list.map((m) => [m.at, m.now?.bids, m.before?.bids])).toEqual([[1_795_132_800, 200, undefined], [1_795_136_400, undefined, 3]])
    expect(list[1]!.time.to).toBe('2026-11-20T02:00:00.000Z')
    expect(momentsOf({ grain: 'hour', at: [], lines: [] })).toEqual([])
  })
})
