import { describe, expect, it } from 'vitest'
import { dayText, moved, placed, shareOf, validTime, windowText } from './match'

describe('when a rule holds', () => {
  it('joins days that follow each other', () => {
    expect(dayText(['mon', 'tue', 'wed', 'thu', 'fri'], 'en')).toBe('Mon–Fri')
    expect(dayText(['sun', 'mon', 'tue'], 'en')).toBe('Mon, Tue, Sun')
    expect(dayText(['sat', 'sun'], 'ru')).toBe('сб, вс')
  })

  it('is silent about always', () => {
    expect(windowText({ days: [], from: '00:00', to: '00:00', time_zone: 'UTC' }, 'en')).toBe('')
    expect(windowText({ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }, 'en')).toBe('')
    expect(windowText({ days: ['sat'], from: '08:00', to: '18:00', time_zone: 'Europe/Moscow' }, 'en')).toBe('Sat 08:00–18:00 Europe/Moscow')
    expect(windowText({ days: [], from: '22:00', to: '06:00', time_zone: 'UTC' }, 'en')).toBe('22:00–06:00 UTC')
  })

  it('knows a time of the day', () => {
    expect(['00:00', '23:59', '24:00'].every(validTime)).toBe(true)
    expect(['24:01', '7:00', '07:60', ''].some(validTime)).toBe(false)
  })
})

describe('routes of a policy', () => {
  const routes = placed([
    { provider_id: 1, weight: 60 },
    { provider_id: 2, weight: 30 },
    { provider_id: 3, weight: 10 },
  ])
  it('move within their order, and not out of it', () => {
    expect(moved(routes, 2, -1).map((r) => [r.provider_id, r.place])).toEqual([
      [1, 1],
      [3, 2],
      [2, 3],
    ])
    expect(moved(routes, 0, -1)).toBe(routes)
    expect(moved(routes, 2, 1)).toBe(routes)
  })

  it('share by weight', () => {
    expect(shareOf(routes, 0)).toBe(0.6)
    expect(shareOf([{ provider_id: 1 }], 0)).toBe(0)
  })
})
