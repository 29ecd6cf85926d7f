// The customer's or agent's own calls.
import { useMemo, type ReactNode } from 'react'
import { useMe, type RowOf } from '../../api'
import { DataTable, Duration, Empty, Facts, Money, Page, PhoneNumber, StatusBadge, TimeRange, useNarrow, useRange, useWords, When, type Column, type Filter } from '../../ui'
import { useOwn } from './text'

type Row = RowOf<'/mine/calls'>

const results = ['answered', 'busy', 'no_answer', 'cancelled', 'failed', 'rejected', 'in_progress'] as const

export default function MyCalls() {
  const t = useOwn()
  const w = useWords()
  const range = useRange('24h')
  const narrow = useNarrow()
  const money = useMe().role !== 'agent' // agents see none
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'started_at', title: t('startedAt'), sort: 'at', width: 160, phoneWidth: 94, render: (c) => <When at={c.started_at} parts={narrow ? 'short' : 'full'} /> },
      { key: 'b_number', title: t('to'), width: 180, phoneWidth: 132, render: (c) => <PhoneNumber value={c.b_number || c.dialled} /> },
      { key: 'disposition', title: t('result'), width: 130, wide: true, render: (c) => <StatusBadge status={c.disposition} /> },
      { key: 'talk_ms', title: t('talk'), width: 90, phoneWidth: 46, right: true, render: (c) => (narrow && c.talk_ms === 0 ? <Brief of={c} /> : <Duration ms={c.talk_ms} />) },
      ...(money ? [{ key: 'sale', title: t('price'), width: 120, phoneWidth: 60, right: true, render: (c: Row) => <Money value={c.sale} currency={narrow ? undefined : c.currency} kind="rate" /> }] : []),
      { key: 'a_number', title: t('from'), width: 180, wide: true, render: (c) => <PhoneNumber value={c.a_number} /> },
      { key: 'subscriber', title: t('telephone'), width: 140, wide: true },
      { key: 'direction', title: t('direction'), width: 120, wide: true, render: (c) => t(`dir_${c.direction}`) },
    ],
    [t, narrow, money],
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
        drawer={{ title: (c) => <PhoneNumber value={c.b_number || c.dialled} />, content: (c) => <Call of={c} money={money} /> }}
        empty={
          <Empty title={t('callsNone')} icon="calls" action={<TimeRange fallback="24h" />}>
            {t('callsNoneHelp')}
          </Empty>
        }
      />
    </Page>
  )
}

// Brief is the result where there is no talk, and no room for a column of its own.
function Brief({ of }: { of: Row }) {
  return (
    <span className="t-brief">
      <StatusBadge status={of.disposition} />
    </span>
  )
}

function Call({ of, money }: { of: Row; money: boolean }) {
  const t = useOwn()
  return (
    <Facts
      columns={1}
      rows={[
        [t('startedAt'), <When key="at" at={of.started_at} absolute />],
        [t('result'), <StatusBadge key="result" status={of.disposition} />],
        [t('from'), <PhoneNumber key="a" value={of.a_number} />],
        [t('to'), <PhoneNumber key="b" value={of.b_number || of.dialled} />],
        [t('talk'), <Duration key="talk" ms={of.talk_ms} />],
        ...(money ? [[t('price'), <Money key="sale" value={of.sale} currency={of.currency} kind="rate" />] as [string, ReactNode]] : []),
        [t('telephone'), of.subscriber || undefined],
        [t('direction'), t(`dir_${of.direction}`)],
      ]}
    />
  )
}
