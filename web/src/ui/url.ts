// State in the address: filters, sort, columns, range, tab, open drawer.
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { startOfDay } from './format'

export type Changes = Record<string, string | undefined | null>

/** useUrl reads the query of the address and changes it: an empty value takes a name out. */
export function useUrl(): [URLSearchParams, (changes: Changes, options?: { push?: boolean }) => void] {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (changes: Changes, options?: { push?: boolean }) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [name, value] of Object.entries(changes)) {
            if (value) after.set(name, value)
            else after.delete(name)
          }
          return after
        },
        { replace: !options?.push },
      ),
    [setParams],
  )
  return [params, set]
}

export const ranges = ['15m', '1h', '6h', '24h', 'today', 'yesterday', '7d', '30d'] as const
export type RangeName = (typeof ranges)[number]

export type Range = { name: RangeName | 'custom'; from: string; to: string | undefined }

/**
 * useRange is the time range of the page: ?range=24h, or ?from=…&to=…. "to" is
 * undefined when the range goes on to now.
 */
export function useRange(fallback: RangeName = '24h'): Range {
  const [params] = useUrl()
  const name = params.get('range') ?? (params.get('from') ? 'custom' : fallback)
  const from = params.get('from')
  const to = params.get('to')
  // Rounded to the minute: the same range within a minute is the same question.
  const minute = Math.floor(Date.now() / 60_000) * 60_000
  return useMemo(() => {
    if (name === 'custom' && from) return { name: 'custom', from, to: to ?? undefined }
    return named((ranges as readonly string[]).includes(name) ? (name as RangeName) : fallback, new Date(minute))
  }, [name, from, to, fallback, minute])
}

function named(name: RangeName, now: Date): Range {
  const ago = (minutes: number) => ({ name, from: new Date(now.getTime() - minutes * 60_000).toISOString(), to: undefined })
  const today = startOfDay(now)
  switch (name) {
    case '15m':
      return ago(15)
    case '1h':
      return ago(60)
    case '6h':
      return ago(360)
    case '24h':
      return ago(1440)
    case '7d':
      return ago(7 * 1440)
    case '30d':
      return ago(30 * 1440)
    case 'today':
      return { name, from: today.toISOString(), to: undefined }
    case 'yesterday':
      return { name, from: startOfDay(new Date(today.getTime() - 3600_000)).toISOString(), to: today.toISOString() }
  }
}
