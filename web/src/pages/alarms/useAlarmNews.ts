// The alarms that are open, as the stream tells them: once for the whole console.
import { useSyncExternalStore } from 'react'
import type { Schema } from '../../api'

export type AlarmNews = Schema<'AlarmNews'>

let now: AlarmNews | undefined
const watchers = new Set<() => void>()

/** hear takes what the stream tells; undefined: somebody else signs in. */
export function hear(news: AlarmNews | undefined) {
  now = news
  watchers.forEach((f) => f())
}

export const useAlarmNews = () =>
  useSyncExternalStore(
    (f) => {
      watchers.add(f)
      return () => watchers.delete(f)
    },
    () => now,
  )
