// A list of the API as a table: filter, sort and columns are in the address, pages
// come as one scrolls, a row opens a drawer or a page.
import { ActionIcon, Anchor, Button, Drawer, Group, Menu, Select, Text, TextInput } from '@mantine/core'
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { href as address, useList, useRead, type At, type ListPath, type RowOf } from '../api'
import type { PathWith } from '../api/types'
import { Grid, type Chosen, type Column } from './Grid'
import { Icon } from './icons'
import { Empty, Failed } from './Page'
import { Reference } from './Reference'
import { useWords } from './text'
import { useUrl } from './url'
import { Views } from './Views'
import { count } from './format'

export type Filter = {
  /** as the API names it */
  name: string
  label: string
  /** choices; without them a text is typed */
  options?: { value: string; label: string }[]
  /** choices from a list of the API, searched there */
  from?: { path: ListPath; labelOf?: (row: never) => string; keyOf?: (row: never) => string; query?: Record<string, unknown> }
  width?: number
}

export type DataTableProps<P extends ListPath> = {
  /** what the rows are: for screen readers */
  label: string
  path: P
  at?: At
  columns: Column<RowOf<P>>[]
  rowKey: (row: RowOf<P>) => string | number
  filters?: Filter[]
  /** the API understands q: a box to search in */
  search?: boolean | string
  /** fixed parameters, not in the address: { provider_id: 7 } */
  query?: Record<string, string | number | boolean | undefined>
  defaultSort?: string
  /** a row opens a page … */
  href?: (row: RowOf<P>) => string
  /** … or a drawer: title and content */
  drawer?: { title: (row: RowOf<P>) => ReactNode; content: (row: RowOf<P>, close: () => void) => ReactNode; page?: (row: RowOf<P>) => string; size?: string | number }
  /** where a row is edited, when not where it opens: the key e */
  editHref?: (row: RowOf<P>) => string
  /** path of the streaming export */
  exportPath?: string
  empty?: ReactNode
  /** actions on selected rows; rows can be selected only with it */
  bulk?: (rows: RowOf<P>[], clear: () => void) => ReactNode
  /** put before names in the address, when a page has two tables */
  prefix?: string
  tools?: ReactNode
  rowClass?: (row: RowOf<P>) => string | undefined
  height?: string
}

export function DataTable<P extends ListPath>(props: DataTableProps<P>) {
  type Row = RowOf<P> & object
  const t = useWords()
  const [params, setUrl] = useUrl()
  const [, go] = useLocation()
  const pre = props.prefix ?? ''
  const columns = props.columns as unknown as Column<Row>[]
  const usual = useMemo(() => columns.filter((c) => !c.hidden).map((c) => c.key), [columns])
  const shown = params.get(`${pre}cols`)?.split(',') ?? usual
  const sort = params.get(`${pre}sort`) ?? props.defaultSort
  const q = params.get(`${pre}q`) ?? ''

  const asked = useMemo(() => {
    const found: Record<string, unknown> = { ...props.query }
    if (sort) found.sort = sort
    if (q && props.search) found.q = q
    for (const f of props.filters ?? []) {
      const value = params.get(pre + f.name)
      if (value) found[f.name] = value
    }
    return found
    // The address says all that matters; query is a fresh object every time.
  }, [params, sort, q, pre, JSON.stringify(props.query)])
  const viewNames = [...['cols', 'sort', 'q', ...(props.filters ?? []).map((f) => f.name)].map((name) => pre + name), ...(props.query && 'from' in props.query ? ['range', 'from', 'to'] : [])]
  const filtered = Boolean(q) || (props.filters ?? []).some((f) => params.get(pre + f.name))

  const list = useList(props.path, asked, { at: props.at })
  const rows = list.rows as unknown as Row[]
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list
  const atEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage])

  const [chosen, setChosen] = useState<Chosen>({})
  useEffect(() => setChosen({}), [asked])
  const rowKey = props.rowKey as unknown as (row: Row) => string | number
  const picked = rows.filter((r) => chosen[String(rowKey(r))])

  const openKey = props.drawer ? (params.get(`${pre}open`) ?? undefined) : undefined
  const opened = useOpened(props.path, openKey, rows, rowKey, list.isPending)
  const openRow = opened.row
  const close = useCallback(() => setUrl({ [`${pre}open`]: undefined }), [setUrl, pre])

  const clear = () => setUrl({ [`${pre}q`]: undefined, ...Object.fromEntries((props.filters ?? []).map((f) => [pre + f.name, undefined])) })
  const empty = filtered ? (
    <Empty
      title={t('nothingMatches')}
      icon="search"
      action={
        <Button variant="default" size="xs" onClick={clear}>
          {t('clear')}
        </Button>
      }
    >
      {t('nothingMatchesHelp')}
    </Empty>
  ) : (
    (props.empty ?? <Empty />)
  )

  return (
    <div className="t-table">
      <div className="t-tools">
        {props.search && <SearchBox value={q} placeholder={typeof props.search === 'string' ? props.search : t('search')} onChange={(value) => setUrl({ [`${pre}q`]: value })} />}
        {(props.filters ?? []).map((f) => (
          <FilterBox key={f.name} filter={f} value={params.get(pre + f.name) ?? ''} onChange={(value) => setUrl({ [pre + f.name]: value })} />
        ))}
        {filtered && (
          <Button variant="subtle" color="gray" size="xs" onClick={clear}>
            {t('clear')}
          </Button>
        )}
        <span className="t-spring" />
        {props.tools}
        <Views table={`${pre}${props.path}`} names={viewNames} />
        <ColumnChooser columns={columns} shown={shown} onChange={(keys) => setUrl({ [`${pre}cols`]: keys.join() === usual.join() ? undefined : keys.join() })} />
        {props.exportPath && (
          <Button component="a" href={address(props.exportPath, { ...asked, format: 'csv' }, props.at)} title={t('csvHelp')} download variant="default" size="xs" leftSection={<Icon name="download" size={14} />}>
            {t('csv')}
          </Button>
        )}
      </div>
      {props.bulk && picked.length > 0 && (
        <div className="t-bulk">
          <Text size="sm">{t('selected', { count: picked.length })}</Text>
          {props.bulk(picked as unknown as RowOf<P>[], () => setChosen({}))}
        </div>
      )}
      {list.error && rows.length === 0 ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Grid<Row>
          label={props.label}
          rows={rows}
          columns={columns}
          rowKey={rowKey}
          shown={shown}
          sort={sort}
          onSort={(to) => setUrl({ [`${pre}sort`]: to })}
          href={props.href as unknown as ((row: Row) => string) | undefined}
          onOpen={props.drawer ? (row) => setUrl({ [`${pre}open`]: String(rowKey(row)) }, { push: true }) : undefined}
          onEdit={props.editHref ? (row) => go(props.editHref!(row as unknown as RowOf<P>)) : undefined}
          openKey={openKey}
          selected={chosen}
          onSelect={props.bulk ? setChosen : undefined}
          rowClass={props.rowClass as unknown as ((row: Row) => string | undefined) | undefined}
          loading={list.isPending}
          atEnd={atEnd}
          height={props.height ?? 'max(22rem, calc(100dvh - 15.5rem))'}
          empty={empty}
          foot={isFetchingNextPage ? <div className="t-gridfoot">{t('loadingMore')}</div> : undefined}
        />
      )}
      <div className="t-count" aria-live="polite">
        {list.isPending ? ' ' : list.total !== undefined ? t('shown', { shown: count(rows.length), total: count(list.total) }) : hasNextPage ? t('shownMore', { shown: rows.length }) : t('shownAll', { count: rows.length })}
      </div>
      {props.drawer && (
        <Drawer
          opened={openRow !== undefined || Boolean(opened.error)}
          onClose={close}
          position="right"
          size={props.drawer.size ?? 'lg'}
          closeButtonProps={{ 'aria-label': t('close') }}
          title={
            openRow && (
              <Group gap="sm">
                {props.drawer.title(openRow as unknown as RowOf<P>)}
                {props.drawer.page && (
                  <Anchor component={Link} href={props.drawer.page(openRow as unknown as RowOf<P>)} size="sm">
                    {t('openPage')}
                  </Anchor>
                )}
              </Group>
            )
          }
        >
          {openRow ? props.drawer.content(openRow as unknown as RowOf<P>, close) : opened.error ? <Failed error={opened.error} /> : null}
        </Drawer>
      )}
    </div>
  )
}

// useOpened is the row that is open. A link may open one that is not among those
// read: it is read by itself.
function useOpened<Row extends object>(path: ListPath, key: string | undefined, rows: Row[], rowKey: (row: Row) => string | number, waiting: boolean) {
  const row = key ? rows.find((r) => String(rowKey(r)) === key) : undefined
  const enabled = key !== undefined && !row && !waiting
  const one = useRead(`${path}/{id}` as PathWith<'get'>, undefined, { at: { id: key ?? '' }, enabled })
  if (!enabled) return { row }
  return { row: one.isPlaceholderData ? undefined : (one.data as Row | undefined), error: one.error }
}

// SearchBox asks once typing pauses.
export function SearchBox({ value, placeholder, onChange, width = 240 }: { value: string; placeholder: string; onChange: (value: string) => void; width?: number }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text.trim()), 300)
    return () => clearTimeout(timer)
  }, [text])
  return <TextInput type="search" size="xs" w={width} leftSection={<Icon name="search" size={14} />} aria-label={placeholder} placeholder={placeholder} value={text} onChange={(e) => setText(e.currentTarget.value)} />
}

function FilterBox({ filter, value, onChange }: { filter: Filter; value: string; onChange: (value: string) => void }) {
  if (filter.from)
    return (
      <Reference size="xs" w={filter.width ?? 160} aria-label={filter.label} placeholder={filter.label} path={filter.from.path} labelOf={filter.from.labelOf as never} keyOf={filter.from.keyOf as never} query={filter.from.query} value={value} onChange={onChange} />
    )
  if (!filter.options) return <SearchBox value={value} placeholder={filter.label} onChange={onChange} width={filter.width ?? 150} />
  return <Select size="xs" w={filter.width ?? 160} aria-label={filter.label} placeholder={filter.label} data={value && !filter.options.some((o) => o.value === value) ? [...filter.options, { value, label: value }] : filter.options} value={value || null} onChange={(to) => onChange(to ?? '')} clearable searchable={filter.options.length > 8} />
}

/** ColumnChooser: which columns are shown. */
export function ColumnChooser<T>({ columns, shown, onChange }: { columns: Column<T>[]; shown: string[]; onChange: (keys: string[]) => void }) {
  const t = useWords()
  const toggle = (key: string) => onChange(columns.map((c) => c.key).filter((k) => (k === key ? !shown.includes(k) : shown.includes(k))))
  return (
    <Menu closeOnItemClick={false} position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={t('columns')} title={t('columns')}>
          <Icon name="columns" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map((c) => (
          <Menu.CheckboxItem key={c.key} checked={shown.includes(c.key)} onChange={() => toggle(c.key)} disabled={shown.length === 1 && shown[0] === c.key}>
            {c.title}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
