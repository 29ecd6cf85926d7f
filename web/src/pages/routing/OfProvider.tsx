// What belongs to a provider: numbers, decks, calls.
import { Anchor, Button } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'wouter'
import type { RowOf } from '../../api'
import { DataTable, Duration, Empty, Enabled, Money, PhoneNumber, StatusBadge, When, useRange, type Column } from '../../ui'
import { useProviders } from './text'

export function NumbersOf({ id }: { id: number }) {
  const t = useProviders()
  const columns = useMemo<Column<RowOf<'/numbers'>>[]>(
    () => [
      { key: 'number', title: t('number'), sort: true, width: 170, grow: true, render: (n) => <PhoneNumber value={n.number} /> },
      { key: 'enabled', title: t('enabled'), width: 120, render: (n) => <Enabled value={n.enabled} /> },
      { key: 'direction', title: t('direction'), width: 100 },
      { key: 'server', title: t('server'), width: 150, wide: true },
      { key: 'gates', title: t('gates'), width: 180, wide: true },
    ],
    [t],
  )
  return (
    <DataTable
      label={t('numbers')}
      path="/numbers"
      columns={columns}
      rowKey={(n) => n.id}
      query={{ provider_id: id }}
      search
      href={(n) => `/numbers?q=${n.number}&open=${n.id}`}
      height="28rem"
      exportPath="/numbers/export"
      empty={
        <Empty
          title={t('noNumbers')}
          icon="numbers"
          action={
            <Button component={Link} href={`/numbers?provider_id=${id}`} variant="default" size="xs">
              {t('openPool')}
            </Button>
          }
        >
          {t('noNumbersHelp')}
        </Empty>
      }
    />
  )
}

export function DecksOf({ id }: { id: number }) {
  const t = useProviders()
  const columns = useMemo<Column<RowOf<'/decks'>>[]>(
    () => [
      { key: 'id', title: t('deck'), width: 80 },
      { key: 'tier', title: t('tier'), width: 100 },
      { key: 'status', title: t('deckState'), width: 130, render: (d) => <StatusBadge status={d.status} /> },
      { key: 'rates', title: t('deckRows'), width: 90, right: true },
      { key: 'publish_at', title: t('deckFrom'), width: 170, wide: true, render: (d) => <When at={d.publish_at} /> },
      { key: 'created_at', title: t('deckMade'), width: 170, wide: true, render: (d) => <When at={d.created_at} /> },
      { key: 'file', title: t('file'), width: 200, grow: true, wide: true },
    ],
    [t],
  )
  return (
    <DataTable
      label={t('decks')}
      path="/decks"
      columns={columns}
      rowKey={(d) => d.id}
      query={{ provider_id: id }}
      href={(d) => `/decks/${d.id}`}
      height="28rem"
      empty={
        <Empty
          title={t('noDecks')}
          icon="decks"
          action={
            <Button component={Link} href={`/decks?provider_id=${id}`} variant="default" size="xs">
              {t('importDeck')}
            </Button>
          }
        >
          {t('noDecksHelp')}
        </Empty>
      }
    />
  )
}

export function CallsOf({ id }: { id: number }) {
  const t = useProviders()
  const range = useRange('24h')
  const columns = useMemo<Column<RowOf<'/calls'>>[]>(
    () => [
      { key: 'started_at', title: t('at'), width: 150, render: (c) => <When at={c.started_at} /> },
      { key: 'disposition', title: t('deckState'), width: 120, render: (c) => <StatusBadge status={c.disposition} /> },
      { key: 'a_number', title: t('caller'), width: 165, wide: true, render: (c) => <PhoneNumber value={c.a_number} /> },
      { key: 'b_number', title: t('called'), width: 165, grow: true, render: (c) => <PhoneNumber value={c.b_number || c.dialled} /> },
      { key: 'talk_ms', title: t('talk'), width: 80, right: true, render: (c) => <Duration ms={c.talk_ms || null} /> },
      { key: 'cost_base', title: t('cost'), width: 110, right: true, wide: true, render: (c) => <Money value={c.cost_base} kind="rate" /> },
    ],
    [t],
  )
  return (
    <>
      <DataTable
        label={t('calls')}
        path="/calls"
        columns={columns}
        rowKey={(c) => c.call_id}
        query={{ provider_id: id, from: range.from, to: range.to }}
        href={(c) => `/calls/${c.call_id}`}
        height="28rem"
        empty={<Empty title={t('noCalls')} icon="calls" />}
      />
      <Anchor component={Link} href={`/calls?provider_id=${id}`} size="sm">
        {t('allCalls')}
      </Anchor>
    </>
  )
}
