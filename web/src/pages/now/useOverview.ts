// The overview as the stream tells it.
import { useMemo, useState } from 'react'
import { useRead, useTopic, type Schema } from '../../api'
import { useLater } from '../../ui/values'

export type Overview = Schema<'Overview'>
type Bucket = Schema<'CallBucket'>

export function useOverview() {
  const [told, setTold] = useState<Overview>()
  // The stream tells at once; who has none asks.
  const late = useLater(told === undefined, 1_500)
  const read = useRead('/overview', undefined, { enabled: late && !told })
  useTopic<Overview>('overview', (now) => setTold((before) => (now.full || !before ? (now.full ? now : before) : { ...now, series: merge(before.series, now.series, now.at) })))
  return { ...read, data: told ?? read.data }
}

// merge puts intervals in their places, and drops those of the day before.
export function merge(before: Bucket[], changed: Bucket[], at: string): Bucket[] {
  const all = new Map(before.map((b) => [b.at, b]))
  for (const b of changed) all.set(b.at, b)
  const since = Date.parse(at) - 24 * 3600_000 - 300_000
  return [...all.values()].filter((b) => Date.parse(b.at) > since).sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

// Shares and sums of five minutes jump about: the line is of the hour before.
const hour = 12
const least = 10 // calls, for a share to mean anything

export type Line = { times: number[]; calls: number[]; answered: number[]; asr: (number | null)[]; margin: number[] }

/**
 * lines are the series for charts: calls by five minutes, zeros where there were
 * none; ASR and margin of the hour that ends there.
 */
export function lines(series: Bucket[], at: string): Line {
  const width = 300
  const byTime = new Map(series.map((b) => [Date.parse(b.at) / 1000, b]))
  const last = Math.floor(Date.parse(at) / 1000 / width) * width
  const line: Line = { times: [], calls: [], answered: [], asr: [], margin: [] }
  for (let time = last - 24 * 3600 + width; time <= last; time += width) {
    const b = byTime.get(time)
    line.times.push(time)
    line.calls.push(b?.calls ?? 0)
    line.answered.push(b?.answered ?? 0)
    const before = Array.from({ length: hour }, (_, n) => byTime.get(time - n * width)).filter((x) => x !== undefined)
    const seized = before.reduce((n, x) => n + x.ended - x.rejected, 0)
    line.asr.push(seized >= least ? (before.reduce((n, x) => n + x.answered, 0) / seized) * 100 : null)
    line.margin.push(before.reduce((n, x) => n + Number(x.sale) - Number(x.cost), 0))
  }
  return line
}

export const useLines = (o: Overview | undefined) => useMemo(() => (o ? lines(o.series, o.at) : undefined), [o])
