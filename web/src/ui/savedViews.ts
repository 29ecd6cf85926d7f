// Views that a reader has named: which part of the address makes a table look so.
// They are kept in the browser, for each person and table.
import { useCallback, useSyncExternalStore } from 'react'

export type View = { name: string; query: string }

const prefix = 'tandem.views'
const watchers = new Set<() => void>()

const keyOf = (person: number, table: string) => `${prefix}.${person}.${table}`

/** viewOf takes out of an address what belongs to a view, in an order of its own. */
export function viewOf(params: URLSearchParams, names: string[]): string {
  const query = new URLSearchParams()
  for (const name of [...names].sort()) {
    const value = params.get(name)
    if (value) query.set(name, value)
  }
  return query.toString()
}

/** changesTo are the changes of an address that make it look like the view. */
export function changesTo(query: string, names: string[]): Record<string, string | undefined> {
  const params = new URLSearchParams(query)
  return Object.fromEntries(names.map((name) => [name, params.get(name) ?? undefined]))
}

/** readViews takes nothing for granted: others may write there, too. */
export function readViews(text: string | null): View[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list.filter((v): v is View => typeof v?.name === 'string' && typeof v?.query === 'string') : []
  } catch {
    return []
  }
}

/** withView puts one in, by name; the last word counts. */
export const withView = (list: View[], view: View): View[] => [...list.filter((v) => v.name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name))

function stored(key: string) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null // a browser that keeps nothing
  }
}

/** useViews are the views of a table, and a way to keep others. */
export function useViews(person: number, table: string): [View[], (list: View[]) => void] {
  const key = keyOf(person, table)
  const text = useSyncExternalStore(
    useCallback((f) => {
      watchers.add(f)
      window.addEventListener('storage', f)
      return () => {
        watchers.delete(f)
        window.removeEventListener('storage', f)
      }
    }, []),
    () => stored(key),
  )
  const keep = (list: View[]) => {
    try {
      if (list.length > 0) localStorage.setItem(key, JSON.stringify(list))
      else localStorage.removeItem(key)
    } catch {
      // It is of no use there, and does no harm.
    }
    watchers.forEach((f) => f())
  }
  return [readViews(text), keep]
}
