// What the API tells of quality.
import { useRead } from '../../api'
import type { PathWith, QueryOf } from '../../api/types'
import type { Figures } from './measures'

type Query = Record<string, string | number>

// Lists go as "a,b", which the API takes and its document calls arrays.
function useQuality<T>(path: PathWith<'get'>, query: Query, enabled = true) {
  const read = useRead(path, query as QueryOf<'get', typeof path>, { every: 60_000, enabled })
  return { ...read, data: read.data as T | undefined }
}

/** Line is one line of a report. */
export type Line = Figures & {
  by: Record<string, string>
  name?: Record<string, string>
  before?: Figures
  /** by measure: better, worse, up or down, where it is more than chance */
  changed?: Record<string, string>
  spark?: (number | null)[]
}

export type Report = {
  from: string
  to: string
  currency: string
  before?: { from: string; to: string; total: Figures }
  total: Figures
  lines: Line[]
  rest?: Figures & { lines: number }
}

/** most is how many lines a table shows; the API tells what the others come to. */
export const most = 200

export const useReport = (query: Query, enabled?: boolean) => useQuality<Report>('/quality', query, enabled)

export type SeriesOf = {
  from: string
  to: string
  currency: string
  grain: string
  at: string[]
  before_at?: string[]
  lines: { by: Record<string, string>; name?: Record<string, string>; total: Figures; points: (Figures | null)[]; before?: (Figures | null)[] }[]
  /** what is in none of the lines, when one asks by something */
  rest?: { total: Figures; points: (Figures | null)[] }
}

/** useSeries reads the measures over time. */
export const useSeries = (query: Query, enabled?: boolean) => useQuality<SeriesOf>('/quality/series', query, enabled)

/** Beside is what a figure was at the other time. */
export type Beside = { before?: Figures; changed?: Record<string, string> }
export type HeatEnd = Figures & Beside & { value: string; name?: string }
export type HeatOf = {
  bids: number
  from: string
  to: string
  rows: HeatEnd[]
  columns: HeatEnd[]
  /** row and column are places in the lists above */
  cells: (Figures & Beside & { row: number; column: number })[]
  before?: { from: string; to: string }
}

/** useHeat reads providers over destinations. */
export const useHeat = (query: Query, enabled?: boolean) => useQuality<HeatOf>('/quality/heatmap', query, enabled)

export type CauseRow = { result: string; sip_status?: number; cause?: number; blame?: string; bids: number; /** rare causes may have been put together */ folded?: boolean; /** the list of exactly these attempts */ behind?: string }
export type CausesOf = { from: string; to: string; bids: number; lines: CauseRow[]; rest?: number }

/** useCauses reads what was said, of bids that failed. */
export const useCauses = (query: Query, enabled?: boolean) => useQuality<CausesOf>('/quality/causes', query, enabled)
