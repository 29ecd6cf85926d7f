// The table itself: rows that are there, drawn only where one looks. Who has the
// rows, and where they come from, is not its business (DataTable, Live calls).
import { Checkbox, Skeleton } from '@mantine/core'
import { columnVisibilityFeature, rowSelectionFeature, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState, type MouseEvent, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { Icon } from './icons'
import { useKeys } from './keys'
import { useWords } from './text'

export type Column<T> = {
  /** name in the API, and in the address when the reader chooses columns */
  key: string
  title: string
  render?: (row: T) => ReactNode
  /** may be sorted by; a text: the API's name where it is not key */
  sort?: boolean | string
  /** numbers stand at the right */
  right?: boolean
  /** pixels; 150 when not said */
  width?: number
  /** the same on phones */
  phoneWidth?: number
  /** takes the room that is left */
  grow?: boolean
  /** not shown until chosen */
  hidden?: boolean
  /** not on phones */
  wide?: boolean
}

export type Chosen = Record<string, true>

export type GridProps<T extends object> = {
  label: string
  rows: T[]
  columns: Column<T>[]
  rowKey: (row: T) => string | number
  /** names of columns that are shown */
  shown?: string[]
  sort?: string
  onSort?: (sort: string | undefined) => void
  href?: (row: T) => string
  onOpen?: (row: T) => void
  /** the key e on a row; when not said, it opens */
  onEdit?: (row: T) => void
  /** the row that is open in a drawer */
  openKey?: string
  selected?: Chosen
  onSelect?: (chosen: Chosen) => void
  rowClass?: (row: T) => string | undefined
  loading?: boolean
  atEnd?: () => void
  height?: string
  foot?: ReactNode
  empty?: ReactNode
}

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature })
const rowHeight = 38

export function Grid<T extends object>(props: GridProps<T>) {
  const { rows, columns, rowKey, selected, onSelect, loading, atEnd } = props
  const t = useWords()
  const box = useRef<HTMLDivElement>(null)
  const narrow = useNarrow()
  const byKey = useMemo(() => new Map(columns.map((c) => [c.key, c])), [columns])
  const defs = useMemo(() => columns.map((c): ColumnDef<typeof features, T> => ({ id: c.key, accessorFn: (row: T) => (row as Record<string, unknown>)[c.key] })), [columns])
  const visible = useMemo(
    () => Object.fromEntries(columns.map((c) => [c.key, props.shown ? props.shown.includes(c.key) && !(narrow && c.wide) : !c.hidden && !(narrow && c.wide)])),
    [columns, props.shown, narrow],
  )
  const table = useTable({
    features,
    columns: defs,
    data: rows,
    getRowId: (row) => String(rowKey(row)),
    enableRowSelection: Boolean(onSelect),
    state: { columnVisibility: visible, rowSelection: selected ?? none },
    onRowSelectionChange: (change) => onSelect?.(typeof change === 'function' ? change(selected ?? none) : change),
  })
  const list = table.getRowModel().rows
  const heads = table.getVisibleLeafColumns()
  const virtual = useVirtualizer({ count: list.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (atEnd && list.length > 0 && last >= list.length - 20) atEnd()
  }, [atEnd, last, list.length])

  const open = useOpen(props)
  const on = (f: (row: T) => void) => (index: number) => {
    const row = list[index]
    if (row) f(row.original)
  }
  const active = useWalk(list.length, (index) => virtual.scrollToIndex(index), on(open), on(props.onEdit ?? open))

  const widthOf = (key: string) => (narrow ? byKey.get(key)?.phoneWidth : undefined) ?? byKey.get(key)?.width ?? 150
  const width = heads.reduce((sum, c) => sum + widthOf(c.id), onSelect ? 40 : 0)
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <div className="t-grid" ref={box} style={{ maxHeight: props.height }} tabIndex={0} role="region" aria-label={props.label}>
      <table style={{ minWidth: width }} aria-rowcount={list.length} aria-busy={loading}>
        <colgroup>
          {onSelect && <col style={{ width: 40 }} />}
          {heads.map((c) => (
            <col key={c.id} style={{ width: byKey.get(c.id)?.grow ? undefined : widthOf(c.id) }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {onSelect && (
              <th scope="col" className="t-check">
                <Checkbox size="xs" aria-label={t('selectAll')} checked={list.length > 0 && table.getIsAllRowsSelected()} indeterminate={table.getIsSomeRowsSelected()} onChange={() => table.toggleAllRowsSelected()} />
              </th>
            )}
            {heads.map((c) => {
              const column = byKey.get(c.id)!
              return <Head key={c.id} column={column} sort={props.sort} onSort={props.onSort} />
            })}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map((item) => {
            const row = list[item.index]
            if (!row) return null
            const isOpen = props.openKey === row.id
            const className = [props.rowClass?.(row.original), active === item.index && 't-active', isOpen && 't-open', (props.href || props.onOpen) && 't-click'].filter(Boolean).join(' ')
            return (
              <tr key={row.id} aria-rowindex={item.index + 1} className={className || undefined} style={{ height: rowHeight }} onClick={(event) => !handled(event) && open(row.original, event.metaKey || event.ctrlKey)}>
                {onSelect && (
                  <td className="t-check">
                    <Checkbox size="xs" aria-label={t('selectRow')} checked={row.getIsSelected()} onChange={() => row.toggleSelected()} />
                  </td>
                )}
                {row.getVisibleCells().map((cell, n) => {
                  const column = byKey.get(cell.column.id)!
                  const value = column.render ? column.render(row.original) : plain(cell.getValue())
                  return (
                    <td key={cell.id} className={column.right ? 't-right' : undefined}>
                      {n === 0 ? <First row={row.original} href={props.href} onOpen={props.onOpen} value={value} /> : value}
                    </td>
                  )
                })}
              </tr>
            )
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
          {loading && list.length === 0 && <Waiting columns={heads.length + (onSelect ? 1 : 0)} />}
        </tbody>
      </table>
      {!loading && list.length === 0 && props.empty}
      {props.foot}
    </div>
  )
}

const none: Chosen = {}

// First: the first cell is a link, so that a keyboard and a screen reader open rows too.
function First<T>({ row, href, onOpen, value }: { row: T; href?: (row: T) => string; onOpen?: (row: T) => void; value: ReactNode }) {
  if (href)
    return (
      <Link href={href(row)} className="t-rowlink">
        {value}
      </Link>
    )
  if (onOpen)
    return (
      <button type="button" className="t-rowlink" onClick={() => onOpen(row)}>
        {value}
      </button>
    )
  return value
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort?: string; onSort?: (sort: string | undefined) => void }) {
  const t = useWords()
  const name = typeof column.sort === 'string' ? column.sort : column.key
  const now = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined
  const className = [column.right && 't-right', (column.phoneWidth ?? 50) < 50 && 't-brief-head'].filter(Boolean).join(' ') || undefined
  if (!column.sort || !onSort)
    return (
      <th scope="col" className={className}>
        {column.title}
      </th>
    )
  const next = now === 'ascending' ? `-${name}` : now === 'descending' ? undefined : name
  return (
    <th scope="col" className={className} aria-sort={now ?? 'none'}>
      <button type="button" onClick={() => onSort(next)} title={t('sortBy', { name: column.title })}>
        {column.title}
        {now && <Icon name={now === 'ascending' ? 'up' : 'down'} size={13} />}
      </button>
    </th>
  )
}

function Waiting({ columns }: { columns: number }) {
  return Array.from({ length: 8 }, (_, n) => (
    <tr key={n} aria-hidden style={{ height: rowHeight }}>
      {Array.from({ length: columns }, (_, c) => (
        <td key={c}>
          <Skeleton height={12} width={`${85 - ((n * 7 + c * 13) % 40)}%`} />
        </td>
      ))}
    </tr>
  ))
}

function plain(value: unknown): ReactNode {
  if (value === null || value === undefined || value === '') return <span className="t-dim">–</span>
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

// handled: the click was for something in the row, or ended a selection of text.
function handled(event: MouseEvent) {
  const at = event.target as HTMLElement
  return event.defaultPrevented || at.closest('a,button,input,label,[role="button"],[role="menuitem"]') !== null || Boolean(getSelection()?.toString())
}

function useOpen<T extends object>({ href, onOpen }: GridProps<T>) {
  const [, navigate] = useLocation()
  return (row: T, elsewhere = false) => {
    if (href && elsewhere) window.open(href(row), '_blank', 'noopener')
    else if (href) navigate(href(row))
    else onOpen?.(row)
  }
}

// useWalk: j and k go through the rows, Enter opens the one where one is, e edits it.
function useWalk(count: number, show: (index: number) => void, enter: (index: number) => void, edit: (index: number) => void) {
  const [active, setActive] = useState(-1)
  const at = useRef(-1) // keys may come faster than the table is drawn
  const go = (index: number) => {
    if (count === 0) return
    at.current = Math.max(0, Math.min(count - 1, index))
    setActive(at.current)
    show(at.current)
  }
  useKeys({
    j: () => go(at.current + 1),
    k: () => go(at.current - 1),
    Enter: (event) => {
      if (at.current >= 0 && !(event.target as HTMLElement).closest('a,button')) enter(at.current)
    },
    e: () => at.current >= 0 && edit(at.current),
  })
  return active
}

export function useNarrow() {
  const query = useMemo(() => window.matchMedia('(max-width: 48em)'), [])
  const [narrow, setNarrow] = useState(query.matches)
  useEffect(() => {
    const listen = () => setNarrow(query.matches)
    query.addEventListener('change', listen)
    return () => query.removeEventListener('change', listen)
  }, [query])
  return narrow
}
