// Calls in progress as the stream tells them. Those that end stay for some seconds,
// faded; while the reader points at the table nothing leaves it.
import { useEffect, useReducer, useRef, useState } from 'react'
import { useTopic, type Schema } from '../../api'

export type LiveCall = Schema<'LiveCall'>
export type Row = LiveCall & { endedAt?: number }
type Delta = Schema<'LiveDelta'>

export const fadeMs = 6_000

export type Picture = { rows: Row[]; total: number; problems: string[]; at: string; skewMs: number }

/** apply puts what the stream told into the rows; their order stays. */
export function apply(rows: Map<string, Row>, d: Delta, now: number): Map<string, Row> {
  const next = new Map(rows)
  const end = (id: string) => {
    const row = next.get(id)
    if (row && !row.endedAt) next.set(id, { ...row, endedAt: now })
  }
  if (d.full) {
    const there = new Set((d.calls ?? []).map((c) => c.call_id))
    for (const id of next.keys()) if (!there.has(id)) end(id)
    for (const c of d.calls ?? []) next.set(c.call_id, c)
  }
  for (const c of d.upsert ?? []) next.set(c.call_id, c)
  for (const [id, m] of Object.entries(d.cost ?? {})) {
    const row = next.get(id)
    if (row) next.set(id, { ...row, ...m })
  }
  for (const id of d.remove ?? []) end(id)
  return next
}

/** sweep takes out those that have faded. */
export function sweep(rows: Map<string, Row>, now: number): Map<string, Row> {
  const kept = [...rows].filter(([, r]) => !r.endedAt || now - r.endedAt < fadeMs)
  return kept.length === rows.size ? rows : new Map(kept)
}

export function useLive(still: boolean): Picture | undefined {
  const rows = useRef(new Map<string, Row>())
  const [head, setHead] = useState<Omit<Picture, 'rows'>>()
  const [, draw] = useReducer((n: number) => n + 1, 0)
  useTopic<Delta>('live', (d) => {
    rows.current = apply(rows.current, d, Date.now())
    setHead({ total: d.total, problems: d.problems, at: d.at, skewMs: Date.parse(d.at) - Date.now() })
  })
  useEffect(() => {
    if (still) return
    const clean = () => {
      const kept = sweep(rows.current, Date.now())
      if (kept === rows.current) return
      rows.current = kept
      draw()
    }
    const timer = setInterval(clean, 1_000)
    return () => clearInterval(timer)
  }, [still])
  return head && { ...head, rows: [...rows.current.values()] }
}
