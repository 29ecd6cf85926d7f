// The customer's or agent's own calls.
import { useMemo } from 'react'
import type { RowOf } from '../../api'
import { DataTable, Duration, Empty, Money, Page, PhoneNumber, StatusBadge, TimeRange, useNarrow, useRange, useWords, When, type Column, type Filter } from '../../ui'
import { useOwn } from './text'

type Row = RowOf<'/mine/calls'>

const results = ['answered', 'busy', 'no_answer', 'cancelled', 'failed', 'rejected', 'in_progress'] as const

export default function MyCalls() {
  const t = useOwn()
  const w = useWords()
  const range = useRange('24h')
  const narrow = useNarrow()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'started_at', title: t('startedAt'), sort: 'at', width: 160, phoneWidth: 92, render: (c) => <When at={c.started_at} parts={narrow ? 'short' : 'full'} /> },
      { key: 'b_number', title: t('to'), width: 180, phoneWidth: 132, render: (c) => <PhoneNumber value={c.b_number || c.dialled} /> },
      { key: 'disposition', title: t('result'), width: 130, phoneWidth: 30, render: (c) => <span className="t-brief"><StatusBadge status={c.disposition} /></span> },
      { key: 'talk_ms', title: t('talk'), width: 90, phoneWidth: 50, right: true, render: (c) => <Duration ms={c.talk_ms} /> },
      { key: 'sale', title: t('price'), width: 120, phoneWidth: 92, right: true, render: (c) => <Money value={c.sale} currency={c.currency} kind="rate" /> },
      { key: 'a_number', title: t('from'), width: 180, wide: true, render: (c) => <PhoneNumber value={c.a_number} /> },
      { key: 'subscriber', title: t('telephone'), width: 140, wide: true },
      { key: 'direction', title: t('direction'), width: 120, wide: true, render: (c) => t(`dir_${c.direction}`) },
    ],
    [t, narrow],
  )
  const filters = useMemo<Filter[]>(
    () => [
      { name: 'number', label: t('number'), width: 160 },
      { name: 'disposition', label: t('result'), width: 140, options: results.map((r) => ({ value: r, label: w(r) })) },
      { name: 'direction', label: t('direction'), width: 140, options: (['out', 'in'] as const).map((d) => ({ value: d, label: t(`dir_${d}`) })) },
    ],
    [t, w],
  )
  return (
    <Page title={t('calls')} state={t('callsState')}>
      <DataTable
        label={t('calls')}
        path="/mine/calls"
        columns={columns}
        rowKey={(c) => c.call_id}
        filters={filters}
        query={{ from: range.from, to: range.to }}
        defaultSort="-at"
        exportPath="/mine/calls/export"
        empty={
          <Empty title={t('callsNone')} icon="calls" action={<TimeRange fallback="24h" />}>
            {t('callsNoneHelp')}
          </Empty>
        }
      />
    </Page>
  )
}
