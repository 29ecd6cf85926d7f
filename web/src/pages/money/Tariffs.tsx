// What calls are sold for: a deck of one's own, or cost and a markup.
import { Anchor, Button, Drawer, Group } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { ask, remove, useForget, useMe, useRecord, type RowOf, type Schema } from '../../api'
import { confirm, DataTable, Empty, FieldForm, Loaded, notice, Page, useWords, type Column, type FormItem } from '../../ui'
import { useMoney } from './text'

type Row = RowOf<'/tariffs'>

export default function Tariffs() {
  const t = useMoney()
  const w = useWords()
  const me = useMe()
  const [adding, setAdding] = useState(false)
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'name', title: t('name'), sort: true, grow: true },
      { key: 'currency', title: t('currency'), width: 100 },
      { key: 'cost_plus', title: t('tariffKind'), width: 220, wide: true, render: (r) => (r.cost_plus ? `${t('costPlus')} ${r.percent ? `${r.percent} %` : ''}` : t('ownDeck')) },
      { key: 'accounts', title: t('usedBy'), width: 110, right: true },
    ],
    [t],
  )
  const add = me.operates && <Button onClick={() => setAdding(true)}>{t('tariffNew')}</Button>
  return (
    <Page title={t('tariffs')} state={t('tariffsState')} actions={add}>
      <DataTable
        label={t('tariffs')}
        path="/tariffs"
        columns={columns}
        rowKey={(r) => r.id}
        search
        defaultSort="name"
        drawer={{ title: (r) => <strong>{r.name}</strong>, content: (r, close) => <Tariff id={r.id} close={close} /> }}
        empty={
          <Empty title={t('tariffsEmpty')} icon="tariffs" action={add}>
            {t('tariffsEmptyHelp')}
          </Empty>
        }
      />
      <Drawer opened={adding} onClose={() => setAdding(false)} position="right" title={t('tariffNew')} closeButtonProps={{ 'aria-label': w('close') }}>
        {adding && <NewTariff close={() => setAdding(false)} />}
      </Drawer>
    </Page>
  )
}

type Settings = { name: string; currency_id?: number; cost_plus: boolean; percent: string; per_minute: string }

export const settingsOf = (r: Schema<'Tariff'>): Settings => ({ name: r.name, currency_id: r.currency_id, cost_plus: r.cost_plus ?? false, percent: r.percent ?? '', per_minute: r.per_minute ?? '' })

export const sent = (v: Settings) =>
  ({ name: v.name, currency_id: v.currency_id ?? 0, cost_plus: v.cost_plus, percent: v.cost_plus ? v.percent || undefined : undefined, per_minute: v.cost_plus ? v.per_minute || undefined : undefined }) as Schema<'Tariff'>

function useFields(currency?: string): FormItem<Settings>[] {
  const t = useMoney()
  return [
    { name: 'name', label: t('name'), required: true, full: true },
    { name: 'currency_id', label: t('currency'), kind: 'reference', path: '/currencies', labelOf: (c: { iso: string }) => c.iso, current: currency, required: true, readOnly: Boolean(currency), full: true },
    { name: 'cost_plus', label: t('costPlus'), help: t('costPlusHelp'), kind: 'switch', full: true },
    { name: 'percent', label: t('percent'), help: t('percentHelp'), kind: 'money', unit: '%', show: (v: Settings) => v.cost_plus, full: true },
    { name: 'per_minute', label: t('perMinute'), help: t('perMinuteHelp'), kind: 'money', show: (v: Settings) => v.cost_plus, full: true },
  ] as FormItem<Settings>[]
}

function Tariff({ id, close }: { id: number; close: () => void }) {
  const t = useMoney()
  const tariff = useRecord('/tariffs/{id}', { id })
  return (
    <Loaded from={tariff}>
      {({ value, etag }) => (
        <>
          <Anchor component={Link} href={`/decks?tariff_id=${id}`}>
            {t('tariffDecks')}
          </Anchor>
          <Known tariff={value} etag={etag} close={close} />
        </>
      )}
    </Loaded>
  )
}

function Known({ tariff, etag, close }: { tariff: Schema<'Tariff'>; etag: string; close: () => void }) {
  const t = useMoney()
  const w = useWords()
  const me = useMe()
  const forget = useForget()
  const fields = useFields(tariff.currency)
  const at = { id: tariff.id }
  const drop = async () => {
    if (!(await confirm({ title: t('deleteTariff'), body: tariff.name, yes: w('remove'), danger: true }))) return
    try {
      await remove('/tariffs/{id}', { at, etag })
      notice.ok(w('deleted'))
      void forget('/tariffs')
      close()
    } catch (error) {
      notice.error(error)
    }
  }
  return (
    <FieldForm<Settings>
      initial={settingsOf(tariff)}
      etag={etag}
      fields={fields}
      readOnly={!me.operates}
      save={(v, seen) => ask('put', '/tariffs/{id}', { at, body: sent(v), etag: seen })}
      valuesOf={settingsOf}
      reload={async () => {
        const { value, etag: now } = await ask('get', '/tariffs/{id}', { at })
        return { value: settingsOf(value), etag: now }
      }}
      onSaved={() => void forget('/tariffs')}
      extra={
        <Group>
          <Button variant="outline" color="red" size="xs" onClick={() => void drop()}>
            {t('deleteTariff')}
          </Button>
        </Group>
      }
    />
  )
}

function NewTariff({ close }: { close: () => void }) {
  const w = useWords()
  const forget = useForget()
  return (
    <FieldForm<Settings>
      initial={{ name: '', cost_plus: false, percent: '', per_minute: '' }}
      fields={useFields()}
      verb={w('create')}
      saidSaved={w('created')}
      onCancel={close}
      save={(v) => ask('post', '/tariffs', { body: sent(v) })}
      onSaved={() => {
        void forget('/tariffs')
        close()
      }}
    />
  )
}
