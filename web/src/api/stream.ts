// Server-sent events: one stream a tab, for all topics that are on the screen.
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { base } from './client'
import { queries } from './hooks'

export type Connection = 'off' | 'connecting' | 'live' | 'lost'
type Listener = (data: unknown) => void

const listeners = new Map<string, Set<Listener>>()
const watchers = new Set<() => void>()
let source: EventSource | undefined
let topics = ''
let state: Connection = 'off'
let planned: ReturnType<typeof setTimeout> | undefined
let wait = 1_000

function set(now: Connection) {
  if (now === state) return
  state = now
  watchers.forEach((f) => f())
}

// plan waits a moment: pages leave and come in one breath.
function plan(delay = 30) {
  clearTimeout(planned)
  planned = setTimeout(open, delay)
}

function open() {
  const wanted = [...listeners.keys()].sort().join(',')
  if (wanted === topics && source && source.readyState !== EventSource.CLOSED) return
  source?.close()
  source = undefined
  topics = wanted
  if (!wanted) return set('off')
  set(state === 'live' ? 'live' : state === 'lost' ? 'lost' : 'connecting')
  const now = new EventSource(`${base}/stream?topics=${encodeURIComponent(wanted)}`)
  source = now
  now.onopen = () => {
    wait = 1_000
    set('live')
  }
  now.onerror = () => {
    if (source !== now) return
    set('lost')
    if (now.readyState === EventSource.CLOSED) {
      // Refused, not cut: the session may be over.
      void queries.invalidateQueries({ queryKey: ['/session'] })
      plan(wait)
      wait = Math.min(wait * 2, 15_000)
    }
  }
  now.addEventListener('end', () => void queries.invalidateQueries({ queryKey: ['/session'] })) // signed out elsewhere
  for (const topic of listeners.keys()) {
    now.addEventListener(topic, (event) => {
      const data: unknown = JSON.parse((event as MessageEvent<string>).data)
      listeners.get(topic)?.forEach((f) => f(data))
    })
  }
}

/** useTopic calls f with every message of a topic, while the component is there. */
export function useTopic<T>(topic: string | undefined, f: (data: T) => void) {
  const latest = useRef(f)
  useEffect(() => {
    latest.current = f
  })
  useEffect(() => {
    if (!topic) return
    const listener: Listener = (data) => latest.current(data as T)
    const all = listeners.get(topic) ?? new Set<Listener>()
    const fresh = all.size > 0 // a second listener needs its own first snapshot
    listeners.set(topic, all.add(listener))
    if (fresh) topics = ''
    plan()
    return () => {
      all.delete(listener)
      if (all.size === 0) listeners.delete(topic)
      plan(300)
    }
  }, [topic])
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (f) => {
      watchers.add(f)
      return () => watchers.delete(f)
    },
    () => state,
  )
}

/** closeStream ends it: signing out. */
export function closeStream() {
  clearTimeout(planned)
  source?.close()
  source = undefined
  topics = ''
  set('off')
}
