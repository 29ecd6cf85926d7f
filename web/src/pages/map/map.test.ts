import { expect, test } from 'vitest'
import { classesOf, quantiles } from './measures'
import { points } from './points'
import { regionNames, regions } from './regions'
import { offset, seatsOf } from './seats'
import { draw, shapeOf } from './shapes'
import type { Past } from './useMap'
import { next } from './walk'

const of = (country: string, more: Partial<Past> = {}): Past => ({ country, numeric: 0, bids: 100, seizures: 90, answers: 50, talk_ms: 0, cost: '0', sale: '0', margin: '0', live: { calls: 0, talking: 0 }, ...more })
const share = (millionths: number, of: number) => ({ share: millionths, low: 0, high: 1e6, of })

test('amounts fall into classes of the same size, equal ones together', () => {
  expect(quantiles([1, 2, 3, 4, 5], 5)).toEqual([2, 3, 4, 5])
  expect(quantiles([7, 7, 7], 5)).toEqual([])
  const { of: classOf, bounds } = classesOf('bids', [1, 2, 3, 4, 5].map((bids) => of('FR', { bids })))
  expect([1, 2, 5].map((bids) => classOf(of('FR', { bids })))).toEqual([1, 2, 5])
  expect(bounds).toEqual([2, 3, 4, 5])
  expect(classOf(of('FR', { bids: 0 }))).toBe('none')
})

test('an ASR is graded by thresholds, and of few says little', () => {
  const { of: classOf } = classesOf('asr', [], { warn: 450_000, bad: 300_000 })
  expect([share(299_999, 30), share(300_000, 30), share(450_000, 30), share(100_000, 29), undefined].map((asr) => classOf(of('FR', { asr })))).toEqual(['bad', 'warn', 'good', 'small', 'none'])
  expect(classesOf('margin', []).of(of('FR', { margin: '-0.01' }))).toBe('loss')
})

test('a call keeps its seat; a new one takes the first that is free', () => {
  const fr = () => 'FR'
  const first = seatsOf(new Map(), [{ call_id: 'a' }, { call_id: 'b' }, { call_id: 'c' }], fr)
  const second = seatsOf(first, [{ call_id: 'd' }, { call_id: 'c' }, { call_id: 'a' }], fr)
  expect([...second].map(([id, s]) => `${id}${s.seat}`).sort()).toEqual(['a0', 'c2', 'd1'])
  expect(seatsOf(second, [{ call_id: 'a' }], () => 'DE').get('a')).toEqual({ key: 'DE', seat: 0 })
  expect(offset(0, 5)).toEqual([0, 0])
})

test('arrow keys go to the nearest country in their direction', () => {
  const spots = [{ key: 'FR', at: [10, 10] }, { key: 'DE', at: [20, 9] }, { key: 'RU', at: [60, 8] }, { key: 'ES', at: [8, 20] }].map((s) => ({ ...s, at: s.at as [number, number] }))
  expect(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'a'].map((key) => next(spots, 'FR', key))).toEqual(['DE', undefined, 'ES', undefined, undefined])
  expect(next(spots, undefined, 'ArrowLeft')).toBe('FR')
})

test('every country is drawn or has a place', () => {
  const drawn = draw('world', 960, 470)
  for (const [country, numeric] of [['RU', 643], ['FR', 250], ['XK', 0], ['AF', 4]] as const) expect(drawn.outline({ country, numeric }), country).toMatch(/^M/)
  for (const country of points.keys()) expect(drawn.at({ country, numeric: 0 }), country).toBeDefined()
  const [x, y] = drawn.at({ country: 'FR', numeric: 250 })!
  expect([x > 430 && x < 500, y > 60 && y < 160], `France is in Europe, not at ${x}, ${y}`).toEqual([true, true])
  expect(shapeOf({ country: '001', numeric: 1 })).toBeUndefined()
  expect(drawn.at({ country: '', numeric: 0 })).toBeUndefined()
})

test('what is far is not in the picture of a region', () => {
  for (const region of regionNames) {
    const [west, south, east, north] = regions[region]
    expect(west < east && south < north, region).toBe(true)
  }
  const europe = draw('europe', 960, 540)
  expect(europe.at({ country: 'US', numeric: 840 })).toBeUndefined()
  expect(europe.at({ country: 'DE', numeric: 276 })).toBeDefined()
})
