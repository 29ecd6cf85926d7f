// What the customer's calls cost.
import { useMemo } from 'react'
import { useRead, type RowOf } from '../../api'
import { DataTable, Empty, Money, Page, StatusBadge, type Column } from '../../ui'
import { useOwn } from './text'

type Row = RowOf<'/mine/rates'>

export default function Rates() {
  const t = useOwn()
  const first = useRead('/mine/rates', { limit: 1 })
  const currency = first.data?.currency
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'prefix', title: t('prefix'), width: 130, phoneWidth: 82, render: (r) => <span className="t-num">{`+${r.prefix}`}</span> },
      { key: 'destination', title: t('destination'), grow: true, phoneWidth: 110, render: (r) => (r.blocked ? <>{r.destination} <StatusBadge status="disabled" tone="bad">{t('blocked')}</StatusBadge></> : r.destination) },
      { key: 'per_minute', title: currency ? `${t('perMinute')}, ${currency}` : t('perMinute'), width: 150, phoneWidth: 130, right: true, render: (r) => <Money value={r.per_minute} kind="rate" /> },
      { key: 'connection_fee', title: t('connection'), width: 120, right: true, wide: true, render: (r) => <Money value={r.connection_fee} kind="rate" /> },
      { key: 'minimum_charge', title: t('minimum'), width: 110, right: true, wide: true, render: (r) => <Money value={r.minimum_charge} kind="rate" /> },
      { key: 'first_s', title: t('increments'), width: 200, right: true, wide: true, render: (r) => `${r.first_s} / ${r.next_s}` },
      { key: 'free_s', title: t('free'), width: 130, right: true, hidden: true },
      { key: 'window', title: t('window'), width: 200, hidden: true },
    ],
    [t, currency],
  )
  return (
    <Page title={t('rates')} state={first.data?.cost_plus ? t('ratesCostPlus') : t('ratesState')}>
      <DataTable label={t('rates')} path="/mine/rates" columns={columns} rowKey={(r) => `${r.prefix} ${r.from ?? ''} ${r.window ?? ''}`} search={t('ratesSearch')} exportPath="/mine/rates/export" empty={<Empty title={t('ratesNone')} icon="rates">{first.data?.cost_plus ? t('ratesCostPlus') : t('ratesNoneHelp')}</Empty>} />
    </Page>
  )
}
