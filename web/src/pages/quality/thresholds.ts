import { useMemo } from 'react'
import { useRead } from '../../api'
import type { Watched } from './tone'

/** useKnown says whether thresholds are read: until then nothing can be told to be good. */
export const useKnown = () => !useRead('/quality/thresholds').isPending

/** useWatched are the measures that have a threshold. */
export function useWatched(): Watched {
  const read = useRead('/quality/thresholds')
  return useMemo(() => new Set((read.data?.items ?? []).filter((t) => t.warn !== null || t.bad !== null).map((t) => t.measure as string)), [read.data])
}
