// Every deck, and the imports that wait for somebody.
import { Anchor, Button, Group } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useList, useMe, type RowOf } from '../../api'
import { DataTable, Empty, Page, Section, StatusBadge, When, format, type Column, type Filter, type Tone } from '../../ui'
import { Upload } from './Upload'
import { knows, useDecks } from './text'

type Row = RowOf<'/decks'>

const states = ['draft', 'scheduled', 'published', 'superseded', 'rolled_back'] as const

export const deckTone = (status: string): Tone => (status === 'published' ? 'good' : status === 'scheduled' || status === 'loading' ? 'busy' : status === 'draft' ? 'warn' : 'off')

export function DeckState({ status }: { status: string }) {
  const t = useDecks()
  const key = `st_${status}`
  return (
    <StatusBadge status={status} tone={deckTone(status)}>
      {knows(key) ? t(key) : status}
    </StatusBadge>
  )
}

export default function Decks() {
  const t = useDecks()
  const me = useMe()
  const [adding, setAdding] = useState(false)
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'id', title: 'ID', width: 70, phoneWidth: 44, right: true },
      { key: 'owner', title: t('owner'), grow: true, phoneWidth: 130, render: (d) => [d.provider ?? d.tariff, d.tier].filter(Boolean).join(' · ') },
      { key: 'version', title: t('version'), width: 90, right: true, wide: true },
      { key: 'status', title: t('status'), width: 140, phoneWidth: 105, render: (d) => <DeckState status={d.status} /> },
      { key: 'rates', title: t('rates'), width: 110, phoneWidth: 56, right: true, render: (d) => format.count(d.rates) },
      { key: 'currency', title: t('currency'), width: 90, wide: true },
      { key: 'publish_at', title: t('publishAt'), width: 170, wide: true, render: (d) => <When at={d.publish_at} /> },
      { key: 'file', title: t('file'), width: 160, wide: true },
      { key: 'created_at', title: t('created'), width: 170, hidden: true, render: (d) => <When at={d.created_at} /> },
      { key: 'comment', title: t('comment'), width: 220, hidden: true },
    ],
    [t],
  )
  const filters = useMemo<Filter[]>(
    () => [
      { name: 'provider_id', label: t('provider'), width: 160, from: { path: '/providers' } },
      { name: 'tariff_id', label: t('tariff'), width: 150, from: { path: '/tariffs' } },
      { name: 'status', label: t('status'), width: 140, options: states.map((s) => ({ value: s, label: t(`st_${s}`) })) },
    ],
    [t],
  )
  const add = me.operates && <Button onClick={() => setAdding(true)}>{t('import')}</Button>
  return (
    <Page title={t('decks')} state={t('decksState')} actions={add}>
      <Waiting />
      <DataTable
        label={t('decks')}
        path="/decks"
        columns={columns}
        rowKey={(d) => d.id}
        filters={filters}
        search
        href={(d) => `/decks/${d.id}`}
        empty={
          <Empty title={t('decksEmpty')} icon="decks" action={add}>
            {t('decksEmptyHelp')}
          </Empty>
        }
      />
      {adding && <Upload close={() => setAdding(false)} />}
    </Page>
  )
}

function Waiting() {
  const t = useDecks()
  const me = useMe()
  const list = useList('/imports', {}, { enabled: me.operates })
  const open = list.rows.filter((i) => i.state !== 'kept')
  if (open.length === 0) return null
  return (
    <Section title={t('open')} help={t('openHelp')}>
      <Group gap="md">
        {open.map((i) => (
          <Anchor key={i.id} component={Link} href={`/imports/${i.id}`}>
            {`${i.provider ?? i.tariff}: ${i.file}`}
          </Anchor>
        ))}
      </Group>
    </Section>
  )
}
