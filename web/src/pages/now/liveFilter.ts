// Which of the calls are shown, and in which order.
import { units } from '../../ui/decimal'
import type { Row } from './useLive'

export type LiveFilter = { q: string; state: string; direction: string; server: string }

export function chosen(rows: Row[], f: LiveFilter): Row[] {
  const text = f.q.toLowerCase()
  const digits = /^[+\d\s().-]{3,}$/.test(f.q) ? f.q.replace(/\D/g, '') : ''
  return rows.filter(
    (r) =>
      (!f.state || r.state === f.state) &&
      (!f.direction || r.direction === f.direction) &&
      (!f.server || r.server === f.server) &&
      (!text || (digits && [r.a, r.b, r.cli].some((n) => n?.includes(digits))) || [r.account, r.provider, r.from_provider, r.server, r.subscriber, r.call_id].some((v) => v?.toLowerCase().includes(text))),
  )
}

const keys: Record<string, (r: Row) => number | string | bigint> = {
  began_at: (r) => Date.parse(r.began_at),
  duration: (r) => -Date.parse(r.answered_at ?? r.began_at),
  cost: (r) => units(r.cost),
  paid_until: (r) => (r.paid_until ? Date.parse(r.paid_until) : Number.MAX_SAFE_INTEGER),
  account: (r) => r.account ?? '',
  provider: (r) => r.provider ?? r.from_provider ?? '',
  server: (r) => r.server,
}

/** sorted keeps the order in which calls began, unless the reader wants another. */
export function sorted(rows: Row[], sort: string | undefined): Row[] {
  const by = keys[(sort ?? '').replace(/^-/, '')]
  if (!by) return rows
  const sign = sort!.startsWith('-') ? -1 : 1
  return [...rows].sort((a, b) => {
    const x = by(a)
    const y = by(b)
    return x < y ? -sign : x > y ? sign : 0
  })
}
