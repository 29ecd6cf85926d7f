// Calls in progress by country, as the stream tells them.
import { useMemo, useRef } from 'react'
import { useLive, type Row } from '../now/useLive'
import { seatsOf, type Seated } from './seats'

export type Brief = { country?: string; region?: string; network?: string; type?: string }

export type LiveCall = Row & { a_place?: Brief; b_place?: Brief }
export type Dot = { call: LiveCall; country: string; from: string; seat: number }
export type LiveOf = { calls: number; talking: number }

export type Dots = { list: Dot[]; by: Map<string, LiveOf>; all: LiveOf; total: number }

export type Filter = { side: 'a' | 'b'; provider?: string; account?: string }

/** useDots is undefined until the stream has told. */
export function useDots({ side, provider, account }: Filter): Dots | undefined {
  const live = useLive(false)
  const seats = useRef<Map<string, Seated>>(new Map())
  return useMemo(() => {
    if (!live) return undefined
    const calls = (live.rows as LiveCall[]).filter((c) => (!provider || String(c.provider_id) === provider) && (!account || String(c.account_id) === account))
    const countryOf = (c: LiveCall) => (side === 'b' ? c.b_place : c.a_place)?.country ?? ''
    seats.current = seatsOf(seats.current, calls, countryOf)
    const by = new Map<string, LiveOf>()
    const all = { calls: 0, talking: 0 }
    for (const c of calls.filter((c) => !c.endedAt)) {
      const one = by.get(countryOf(c)) ?? { calls: 0, talking: 0 }
      for (const sum of [one, all]) {
        sum.calls++
        if (c.state === 'talking') sum.talking++
      }
      by.set(countryOf(c), one)
    }
    const list = calls.map((call) => ({ call, country: countryOf(call), from: call.a_place?.country ?? '', seat: seats.current.get(call.call_id)!.seat }))
    return { list, by, all, total: provider || account ? all.calls : live.total }
  }, [live, side, provider, account])
}
