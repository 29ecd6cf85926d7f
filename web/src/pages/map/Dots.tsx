// Calls in progress: a dot each around the middle of the country, and the ways from
// callers to called. What they tell stands in the table too.
import { useMemo } from 'react'
import type { Drawn } from './shapes'
import { most, offset } from './seats'
import type { Dots as DotsOf } from './useDots'
import type { Past } from './useMap'

/** ways is how many of them are drawn: those with most calls. */
const ways = 40

type Props = { dots: DotsOf; countries: Past[]; drawn: Drawn; narrow: boolean }

export function Dots({ dots, countries, drawn, narrow }: Props) {
  const by = useMemo(() => new Map(countries.map((c) => [c.country, c])), [countries])
  const r = narrow ? 2.2 : 2.6
  return (
    <g aria-hidden className="m-dots">
      {pairs(dots).map(({ key, from, to, calls }) => {
        const [a, b] = [by.get(from), by.get(to)].map((c) => c && drawn.at(c))
        return a && b && <path key={key} className="m-way" d={bow(a, b)} strokeWidth={Math.min(3, 0.8 + Math.log10(calls))} />
      })}
      {dots.list.map(({ call, country, seat }) => {
        const of = by.get(country)
        const at = of && seat < most ? drawn.at(of) : undefined
        if (!at) return null
        const [dx, dy] = offset(seat, r * 1.9)
        const kind = call.endedAt ? 'm-ended' : call.state === 'talking' ? 'm-talking' : 'm-ringing'
        return <circle key={call.call_id} className={`m-dot ${kind}`} cx={at[0] + dx} cy={at[1] + dy} r={r} />
      })}
    </g>
  )
}

/** bow is a way from one place to another, lifted in its middle. */
function bow([x1, y1]: [number, number], [x2, y2]: [number, number]): string {
  const lift = Math.min(60, Math.hypot(x2 - x1, y2 - y1) / 4)
  return `M${x1.toFixed(1)} ${y1.toFixed(1)}Q${((x1 + x2) / 2).toFixed(1)} ${((y1 + y2) / 2 - lift).toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}`
}

/** pairs are countries of callers and called, those with most calls first. */
function pairs(dots: DotsOf) {
  const sums = new Map<string, { key: string; from: string; to: string; calls: number }>()
  for (const { call, from } of dots.list) {
    const to = call.b_place?.country ?? ''
    if (call.endedAt || !from || !to || from === to) continue
    const key = `${from}>${to}`
    const sum = sums.get(key) ?? { key, from, to, calls: 0 }
    sum.calls++
    sums.set(key, sum)
  }
  return [...sums.values()].sort((x, y) => y.calls - x.calls || x.key.localeCompare(y.key)).slice(0, ways)
}
