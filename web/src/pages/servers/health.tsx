// Whether servers answer.
import { useMemo } from 'react'
import { useRead, type Schema } from '../../api'
import { StatusBadge, type Tone } from '../../ui'
import { useServers } from './text'

export type Health = Schema<'ServerHealth'>

/** useHealth reads it every five seconds, by the server's id. */
export function useHealth(): Map<number, Health> | undefined {
  const list = useRead('/health/servers', undefined, { every: 5000 }).data?.items
  return useMemo(() => list && new Map(list.map((h) => [h.id, h])), [list])
}

const tones: Record<Health['state'], Tone> = { up: 'good', silent: 'bad', unknown: 'off' }

export function State({ of }: { of?: Health }) {
  const t = useServers()
  const state = of?.state ?? 'unknown'
  return (
    <StatusBadge status={state} tone={tones[state]}>
      {t(state)}
    </StatusBadge>
  )
}
