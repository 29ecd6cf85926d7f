// Choices from a list of the API that is searched by the server: it may be longer
// than what is read of it.
import { useEffect, useState } from 'react'
import { useList, useRead, type At, type ListPath, type RowOf } from '../api'
import type { PathWith } from '../api/types'

export type Choice = { value: string; label: string; disabled?: boolean }

export type ChoicesOf<P extends ListPath> = {
  path: P
  labelOf?: (row: RowOf<P>) => string
  /** what stands for a row; its id when not said */
  keyOf?: (row: RowOf<P>) => string
  /** fixed filters of the list */
  query?: Record<string, unknown>
  value: string
  /** what the value is called, where that is known */
  current?: string
}

const atOnce = 50

/** useOptions are the props of a Select that searches on the server. */
export function useOptions<P extends ListPath>(of: ChoicesOf<P>) {
  const [text, setText] = useState('')
  const [q, setQ] = useState('')
  const [asked, setAsked] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), 200)
    return () => clearTimeout(timer)
  }, [text])
  const list = useList(of.path, { ...of.query, ...(q ? { q } : {}) }, { limit: atOnce, enabled: asked })
  const labelOf = of.labelOf ?? ((row: RowOf<P>) => (row as { name?: string }).name ?? String((row as { id: number }).id))
  const keyOf = of.keyOf ?? ((row: RowOf<P>) => String((row as { id: number }).id))
  const data: Choice[] = list.rows.map((row) => ({ value: keyOf(row), label: labelOf(row) }))
  const name = useName(of, labelOf, data)
  if (of.value && !data.some((d) => d.value === of.value)) data.unshift({ value: of.value, label: name })
  return {
    data,
    more: Boolean(list.hasNextPage),
    searching: list.isFetching,
    /** what was typed is not answered yet */
    pending: text.trim() !== q || list.isFetching,
    onDropdownOpen: () => setAsked(true),
    // Choosing writes the label into the box: that is no search.
    onSearchChange: (to: string) => setText(data.some((d) => d.label === to) ? '' : to),
  }
}

// useName is what a value is called that is not among the rows: a link had it.
function useName<P extends ListPath>(of: ChoicesOf<P>, labelOf: (row: RowOf<P>) => string, data: Choice[]) {
  const list = of.value.split(',')
  const known = list.length > 1 || of.value === '0' || of.current || of.keyOf || data.find((d) => d.value === of.value)?.label
  const at: At = { id: of.value }
  const one = useRead(`${of.path}/{id}` as PathWith<'get'>, undefined, { at, enabled: Boolean(of.value) && !known })
  if (of.current) return of.current
  if (of.keyOf) return of.value
  if (list.length > 1) return list.map((id) => data.find((d) => d.value === id)?.label ?? `#${id}`).join(', ') // a link picked several
  return one.data ? labelOf(one.data as RowOf<P>) : `#${of.value}`
}
