// One deck: its rates, and what it changes.
import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useParams } from 'wouter'
import { href, useRead, useRecord, type RowOf, type Schema } from '../../api'
import { DataTable, Empty, Facts, format, Icon, Loaded, Money, Page, Section, StatusBadge, UrlTabs, When, type Column, type Filter } from '../../ui'
import { Changes } from './Changes'
import { PublishDeck } from './Publish'
import { useDecks } from './text'
import './decks.css'

export default function DeckPage() {
  const t = useDecks()
  const { id = '' } = useParams<{ id: string }>()
  const deck = useRecord('/decks/{id}', { id: Number(id) })
  return (
    <Loaded from={deck}>
      {({ value: d }) => (
        <Page
          title={t('deckTitle', { id: d.id })}
          crumb={{ href: '/decks', label: t('decks') }}
          state={t('deckState', { owner: [d.provider ?? d.tariff, d.tier].filter(Boolean).join(' · '), version: d.version })}
          actions={
            <Button component="a" download variant="default" leftSection={<Icon name="download" size={14} />} href={href('/decks/{id}/export', {}, { id: d.id })}>
              {t('download')}
            </Button>
          }
          see={d.provider_id ? [{ href: `/providers/${d.provider_id}`, label: d.provider ?? t('provider') }] : [{ href: '/tariffs', label: d.tariff ?? t('tariff') }]}
        >
          <PublishDeck id={d.id} />
          <UrlTabs
            tabs={[
              { key: 'rates', label: t('rates'), content: () => <Rates deck={d} /> },
              { key: 'changes', label: t('changes'), content: () => <Compared id={d.id} /> },
              { key: 'about', label: t('file'), content: () => <About deck={d} /> },
            ]}
          />
        </Page>
      )}
    </Loaded>
  )
}

type Row = RowOf<'/decks/{id}/rates'>

function Rates({ deck }: { deck: Schema<'DeckDetail'> }) {
  const t = useDecks()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'prefix', title: t('prefix'), width: 130, phoneWidth: 82, render: (r) => <span className="t-num">{`+${r.prefix}`}</span> },
      { key: 'destination', title: t('destination'), grow: true, phoneWidth: 110, render: (r) => (r.blocked ? <>{r.destination} <StatusBadge status="disabled" tone="bad">{t('blocked')}</StatusBadge></> : r.destination) },
      { key: 'per_minute', title: `${t('perMinute')}, ${deck.currency}`, width: 150, phoneWidth: 130, right: true, render: (r) => <Money value={r.per_minute} kind="rate" /> },
      { key: 'connection_fee', title: t('connection'), width: 120, right: true, wide: true, render: (r) => <Money value={r.connection_fee} kind="rate" /> },
      { key: 'minimum_charge', title: t('minimum'), width: 110, right: true, hidden: true, render: (r) => <Money value={r.minimum_charge} kind="rate" /> },
      { key: 'first_s', title: t('increments'), width: 110, right: true, wide: true, render: (r) => `${r.first_s}/${r.next_s}` },
      { key: 'effective_from', title: t('validFrom'), width: 160, wide: true, render: (r) => <When at={r.effective_from} /> },
      { key: 'effective_to', title: t('validTo'), width: 160, hidden: true, render: (r) => <When at={r.effective_to} /> },
      { key: 'time', title: t('window'), width: 140, hidden: true },
    ],
    [t, deck.currency],
  )
  const filters = useMemo<Filter[]>(() => [{ name: 'number', label: t('numberIn'), width: 180 }], [t])
  return <DataTable label={t('rates')} path="/decks/{id}/rates" at={{ id: deck.id }} columns={columns} rowKey={(r) => `${r.prefix} ${r.effective_from ?? ''} ${r.time ?? ''} ${(r.days ?? []).join()}`} filters={filters} search empty={<Empty title={t('ratesEmpty')} icon="rates" />} />
}

function Compared({ id }: { id: number }) {
  const preview = useRead('/decks/{id}/preview', {}, { at: { id } })
  return (
    <Section>
      <Loaded from={preview} lines={10}>
        {(p) => <Changes of={p} />}
      </Loaded>
    </Section>
  )
}

function About({ deck }: { deck: Schema<'DeckDetail'> }) {
  const t = useDecks()
  return (
    <Section>
      <Facts
        rows={[
          [t('file'), deck.file ?? '–'],
          [t('created'), <When key="c" at={deck.created_at} />],
          [t('rates'), format.count(deck.rates)],
          [t('currency'), deck.currency],
          [t('zone'), deck.time_zone],
          [t('comment'), deck.comment ?? '–'],
        ]}
      />
    </Section>
  )
}
