// Which calls a rule is for, in words and in its form.
import type { NumberType } from '../../ui/places'

export const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof dayNames)[number]

/** What a rule wants of the place of a number. */
export type PlaceMatch = { types?: NumberType[]; countries?: string[]; regions?: string[] }

export type Match = PlaceMatch & { account_id?: number | null; a_prefix?: string; b_prefix?: string; quiet_from?: string; quiet_to?: string; days?: Day[]; from?: string; to?: string; time_zone?: string }

export const placeOf = (m: PlaceMatch | undefined) => ({ types: m?.types ?? [], countries: m?.countries ?? [], regions: m?.regions ?? [] })

/** matchOf are the values of a form. */
export function matchOf(m: Match | undefined, zone: string) {
  return {
    account_id: m?.account_id ?? undefined,
    a_prefix: m?.a_prefix ?? '',
    b_prefix: m?.b_prefix ?? '',
    ...placeOf(m),
    quiet_from: m?.quiet_from ?? '',
    quiet_to: m?.quiet_to ?? '',
    days: m?.days ?? [],
    from: m?.from ?? '00:00',
    to: m?.to ?? '00:00',
    time_zone: m?.time_zone ?? zone,
  }
}

/** dayText writes days in the reader's language, with runs as ranges: "Mon–Fri". */
export function dayText(days: Day[], language: string): string {
  const name = (day: Day) => new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + dayNames.indexOf(day))))
  const runs: Day[][] = []
  for (const day of dayNames.filter((d) => days.includes(d))) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && dayNames.indexOf(day) === dayNames.indexOf(last) + 1) run.push(day)
    else runs.push([day])
  }
  return runs.map((run) => (run.length > 2 ? `${name(run[0]!)}–${name(run.at(-1)!)}` : run.map(name).join(', '))).join(', ')
}

/** windowText is when a rule holds; empty: always. */
export function windowText(m: Match, language: string): string {
  const days = m.days && m.days.length > 0 && m.days.length < 7 ? dayText(m.days, language) : ''
  const from = m.from ?? '00:00'
  const to = m.to ?? '00:00'
  const hours = from === '00:00' && (to === '00:00' || to === '24:00') ? '' : `${from}–${to}`
  if (!days && !hours) return ''
  return [days, hours, m.time_zone].filter(Boolean).join(' ')
}

/** validTime is HH:MM, up to 24:00. */
export const validTime = (text: string) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)

// Routes of a policy.

export type PolicyRoute = { provider_id: number; provider?: string; tier?: string | null; place?: number; weight?: number }

/** placed gives routes their places as they stand. */
export const placed = (routes: PolicyRoute[]): PolicyRoute[] => routes.map((r, n) => ({ ...r, place: n + 1 }))

/** moved puts one route a place up (-1) or down (1). */
export function moved(routes: PolicyRoute[], at: number, by: -1 | 1): PolicyRoute[] {
  const to = at + by
  if (to < 0 || to >= routes.length) return routes
  const list = [...routes]
  const [route] = list.splice(at, 1)
  list.splice(to, 0, route!)
  return placed(list)
}

/** shareOf is how often a route goes first, by the weights. */
export function shareOf(routes: PolicyRoute[], at: number): number {
  const total = routes.reduce((sum, r) => sum + (Number(r.weight) || 0), 0)
  return total > 0 ? (Number(routes[at]?.weight) || 0) / total : 0
}
