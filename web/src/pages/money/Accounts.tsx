// Customers and what they have left.
import { Button, Drawer } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useMe, type RowOf } from '../../api'
import { DataTable, Empty, Money, Page, StatusBadge, useWords, type Column, type Filter } from '../../ui'
import { NewAccount } from './AccountForm'
import { useMoney } from './text'

type Row = RowOf<'/accounts'>

export default function Accounts() {
  const t = useMoney()
  const w = useWords()
  const me = useMe()
  const [adding, setAdding] = useState(false)
  const [, go] = useLocation()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'name', title: t('name'), sort: true, grow: true },
      { key: 'enabled', title: t('state'), width: 120, wide: true, render: (a) => <StatusBadge status={a.enabled ? 'enabled' : 'disabled'} /> },
      { key: 'payment', title: t('payment'), width: 110, wide: true, render: (a) => t(a.payment) },
      { key: 'balance', title: t('balance'), sort: true, width: 140, right: true, render: (a) => <Balance of={a} /> },
      { key: 'held', title: t('held'), width: 110, right: true, wide: true, render: (a) => <Money value={a.held} /> },
      { key: 'available', title: t('available'), width: 120, right: true, wide: true, render: (a) => (a.available === null ? <span className="t-dim">{a.balance === null ? t('noBalance') : t('noLimit')}</span> : <Money value={a.available} />) },
      { key: 'spent_today', title: t('spentToday'), sort: true, width: 130, right: true, wide: true, render: (a) => <Money value={a.spent_today} /> },
      { key: 'calls', title: t('calls'), sort: true, width: 100, right: true, wide: true },
      { key: 'tariff', title: t('tariff'), width: 150, wide: true },
      { key: 'channels', title: t('channels'), width: 100, right: true, hidden: true },
      { key: 'cps', title: t('cps'), width: 110, right: true, hidden: true },
      { key: 'time_zone', title: t('zone'), width: 150, hidden: true },
      { key: 'id', title: 'ID', sort: true, width: 80, right: true, hidden: true },
    ],
    [t],
  )
  const filters = useMemo<Filter[]>(
    () => [
      { name: 'payment', label: t('payment'), width: 140, options: (['prepaid', 'postpaid'] as const).map((p) => ({ value: p, label: t(p) })) },
      { name: 'enabled', label: t('state'), width: 130, options: [{ value: 'true', label: w('enabled') }, { value: 'false', label: w('disabled') }] },
      { name: 'low', label: t('onlyLow'), width: 140, options: [{ value: 'true', label: t('onlyLow') }] },
    ],
    [t, w],
  )
  const add = me.governs && <Button onClick={() => setAdding(true)}>{t('accountNew')}</Button>
  return (
    <Page title={t('accounts')} state={t('accountsState')} actions={add}>
      <DataTable
        label={t('accounts')}
        path="/accounts"
        columns={columns}
        rowKey={(a) => a.id}
        filters={filters}
        search
        defaultSort="name"
        href={(a) => `/accounts/${a.id}`}
        exportPath="/accounts/export"
        editHref={(a) => `/accounts/${a.id}?tab=settings`}
        empty={
          <Empty title={t('accountsEmpty')} icon="accounts" action={add}>
            {t('accountsEmptyHelp')}
          </Empty>
        }
      />
      <Drawer opened={adding} onClose={() => setAdding(false)} position="right" size="xl" title={t('accountNew')} closeButtonProps={{ 'aria-label': w('close') }}>
        {adding && <NewAccount onMade={(id) => go(`/accounts/${id}`)} close={() => setAdding(false)} />}
      </Drawer>
    </Page>
  )
}

function Balance({ of }: { of: Row }) {
  const t = useMoney()
  if (of.balance === null) return <span className="t-dim">–</span>
  return (
    <span className={of.low ? 't-warn' : undefined}>
      <Money value={of.balance} currency={of.currency} />
      {of.low && ` ${t('low')}`}
    </span>
  )
}
