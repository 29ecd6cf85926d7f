// Past calls by country, and how many are in progress there.
import { useRead } from '../../api'
import type { PathWith, QueryOf } from '../../api/types'
import type { Share } from '../quality/measures'

export type Past = {
  country: string
  numeric: number
  bids: number
  seizures: number
  answers: number
  asr?: Share
  talk_ms: number
  cost: string
  sale: string
  margin: string
  live: { calls: number; talking: number }
}

export type MapOf = { from: string; to: string; currency: string; side: 'a' | 'b'; live: { calls: number; talking: number }; countries: Past[]; problems: string[] }

export function useMap(query: Record<string, string | undefined>) {
  const path = '/places/map' as PathWith<'get'>
  const read = useRead(path, query as QueryOf<'get', typeof path>, { every: 60_000 })
  return { ...read, data: read.data as MapOf | undefined }
}
