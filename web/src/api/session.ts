// Who sits in front of the console, and what they may do.
import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { ask, onNobody } from './client'
import { ApiError } from './error'
import { queries } from './hooks'

export type Role = 'admin' | 'operator' | 'analyst' | 'agent' | 'customer'

export type Principal = {
  user_id: number
  login: string
  name: string
  role: Role
  account_id?: number
  subscriber_id?: number
  language: string
  time_zone: string
  totp: boolean
}

const key = ['/session']

/** useSession is undefined until known, null when nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: key,
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<Principal | null> => {
      try {
        return (await ask('get', '/session', { signal })).value as Principal
      } catch (error) {
        if (!(error instanceof ApiError && error.nobody)) throw error
        const before = queries.getQueryData<Principal | null>(key) ?? null
        setEnded(before !== null)
        return before
      }
    },
  })
}

// A session that ended in the middle of work: what is on the page stays, hidden,
// until one is signed in again.
let ended = false
const watchers = new Set<() => void>()

function setEnded(now: boolean) {
  if (ended === now) return
  ended = now
  watchers.forEach((f) => f())
}

onNobody(() => setEnded(Boolean(queries.getQueryData(key))))

/** useEnded is true while the session of who was signed in is over. */
export const useEnded = () =>
  useSyncExternalStore(
    (f) => {
      watchers.add(f)
      return () => watchers.delete(f)
    },
    () => ended,
  )

/** setSession: somebody has signed in, or out (null). */
export function setSession(p: Principal | null) {
  const before = queries.getQueryData<Principal | null>(key)
  queries.setQueryData(key, p)
  setEnded(false)
  if (p && before?.user_id === p.user_id) void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== key[0] })
  // What was read was for the one before.
  else queries.removeQueries({ predicate: (q) => q.queryKey[0] !== key[0] })
}

/** useMe is for pages: somebody is signed in there. */
export function useMe() {
  const me = useSession().data
  if (!me) throw new Error('nobody is signed in')
  return {
    ...me,
    staff: me.role !== 'agent' && me.role !== 'customer',
    /** may change routing, servers, calls */
    operates: me.role === 'admin' || me.role === 'operator',
    /** may move money, users, keys */
    governs: me.role === 'admin',
  }
}
