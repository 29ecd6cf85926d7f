import { useState } from 'react'
import { useTopic } from '../../api'
import type { Overview } from './useOverview'

/** useRate is new calls a second, the last minute of what the stream told. */
export function useRate(): number[] {
  const [rate, setRate] = useState<number[]>([])
  useTopic<Overview>('overview', (o) => setRate((before) => [...before.slice(-59), o.calls_per_s]))
  return rate
}
