import { describe, expect, test } from 'vitest'
import { chosen, sorted } from './liveFilter'
import { apply, fadeMs, sweep, type LiveCall, type Row } from './useLive'
import { lines, merge } from './useOverview'

const call = (id: string, more: Partial<LiveCall> = {}): LiveCall => ({ call_id: id, server: 'a', state: 'talking', began_at: '2026-11-22T10:00:00Z', sold: true, limited: true, known: true, cost: '0', held: '0', ...more }) as LiveCall
const delta = (d: object) => ({ at: '2026-11-22T10:00:00Z', total: 0, problems: [], ...d })
const ids = (rows: Map<string, Row>) => [...rows.values()].map((r) => r.call_id + (r.endedAt ? '†' : ''))

describe('live calls', () => {
  test('rows keep their places while others come, change and end', () => {
    let rows = apply(new Map(), delta({ full: true, calls: [call('1'), call('2'), call('3')] }), 0)
    rows = apply(rows, delta({ upsert: [call('4'), call('2', { state: 'ringing' })], remove: ['1'] }), 1000)
    expect(ids(rows)).toEqual(['1†', '2', '3', '4'])
    expect(rows.get('2')?.state).toBe('ringing')
  })
  test('a full one after a gap ends those that are gone', () => {
    let rows = apply(new Map(), delta({ full: true, calls: [call('1'), call('2')] }), 0)
    rows = apply(rows, delta({ full: true, calls: [call('2'), call('9')] }), 1000)
    expect(ids(rows)).toEqual(['1†', '2', '9'])
  })
  test('money moves without the rest', () => {
    let rows = apply(new Map(), delta({ full: true, calls: [call('1')] }), 0)
    rows = apply(rows, delta({ cost: { 1: { cost: '0.5', held: '1' }, 7: { cost: '1', held: '1' } } }), 0)
    expect(rows.get('1')).toMatchObject({ cost: '0.5', state: 'talking' })
    expect(rows.size).toBe(1)
  })
  test('ended ones fade, and come back when they are not over', () => {
    let rows = apply(new Map(), delta({ full: true, calls: [call('1'), call('2')] }), 0)
    rows = apply(rows, delta({ remove: ['1', '2'] }), 100)
    rows = apply(rows, delta({ upsert: [call('2')] }), 200)
    expect(ids(sweep(rows, 100 + fadeMs))).toEqual(['2'])
    expect(sweep(rows, 100 + fadeMs - 1)).toBe(rows)
  })
  test('filters and order', () => {
    const rows = [call('1', { a: '74951815000', cost: '10' }), call('2', { account: 'Retail', cost: '9', state: 'ringing' })]
    const none = { q: '', state: '', direction: '', server: '' }
    const found = (f: object) => chosen(rows, { ...none, ...f }).map((r) => r.call_id)
    expect(found({ q: '+7 (495)' })).toEqual(['1'])
    expect(found({ q: 'retail' })).toEqual(['2'])
    expect(found({ state: 'ringing' })).toEqual(['2'])
    expect(sorted(rows, 'cost').map((r) => r.call_id)).toEqual(['2', '1'])
    expect(sorted(rows, '-cost').map((r) => r.call_id)).toEqual(['1', '2'])
    expect(sorted(rows, undefined)).toBe(rows)
  })
})

describe('overview', () => {
  const bucket = (at: string, more: object = {}) => ({ at, calls: 20, ended: 20, answered: 10, rejected: 0, talk_s: 60, sale: '3', cost: '1', ...more })
  test('changed intervals take the place of old ones; those of the day before go', () => {
    const before = [bucket('2026-11-21T09:00:00Z'), bucket('2026-11-22T09:55:00Z')]
    const after = merge(before, [bucket('2026-11-22T09:55:00Z', { calls: 21 }), bucket('2026-11-22T10:00:00Z')], '2026-11-22T10:01:00Z')
    expect(after.map((b) => b.calls)).toEqual([21, 20])
  })
  test('24 hours of five minutes; no share of too few calls', () => {
    const line = lines([bucket('2026-11-22T09:00:00Z'), bucket('2026-11-22T06:00:00Z', { calls: 2, ended: 2, answered: 1 })], '2026-11-22T10:01:00Z')
    expect(line.times).toHaveLength(288)
    expect(line.times.at(-1)).toBe(Date.parse('2026-11-22T10:00:00Z') / 1000)
    const at = (time: string) => line.times.indexOf(Date.parse(time) / 1000)
    expect(line.calls[at('2026-11-22T09:00:00Z')]).toBe(20)
    expect(line.asr[at('2026-11-22T09:55:00Z')]).toBe(50)
    expect(line.asr[at('2026-11-22T10:00:00Z')]).toBeNull()
    expect(line.asr[at('2026-11-22T06:00:00Z')]).toBeNull()
    expect(line.margin[at('2026-11-22T09:55:00Z')]).toBe(2)
  })
})
