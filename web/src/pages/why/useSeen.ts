// What the routes of a plan did in the day before the call was decided.
import { useMemo } from 'react'
import { useReport } from '../quality/useReport'
import { keyOf, seenKey, type Planned, type Seen } from './argument'

const day = 86_400_000

/** useSeen reads it by provider and tier, to the country where that is known. */
export function useSeen(plan: Planned[] | null | undefined, at: string, country?: string): Map<string, Seen> | undefined {
  const providers = [...new Set((plan ?? []).map((r) => keyOf(r.key).provider).filter((id) => id !== undefined))].sort((a, b) => a - b)
  const moment = Date.parse(at)
  const enabled = providers.length > 0 && providers.length <= 200 && !Number.isNaN(moment)
  const end = Math.min(enabled ? moment : Date.now(), Math.floor(Date.now() / 60_000) * 60_000)
  const query: Record<string, string> = { by: 'provider,tier', provider: providers.join(), from: new Date(end - day).toISOString(), to: new Date(end).toISOString() }
  if (/^[A-Z]{2}$/.test(country ?? '')) query.country = country!
  const lines = useReport(query, enabled).data?.lines
  const key = JSON.stringify(query)
  return useMemo(() => {
    if (!enabled || !lines) return undefined
    return new Map(
      lines.flatMap((l): [string, Seen][] => {
        if (!l.asr) return []
        const link = new URLSearchParams({ ...(JSON.parse(key) as Record<string, string>), provider: l.by.provider ?? '', tier: l.by.tier ?? '' })
        link.delete('by')
        return [[seenKey(l.by.provider, l.by.tier), { ...l.asr, small: Boolean(l.small?.includes('asr')), href: `/quality/time?${link}` }]]
      }),
    )
  }, [lines, enabled, key])
}
