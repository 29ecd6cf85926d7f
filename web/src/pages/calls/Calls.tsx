// Call records: filters in the address, columns of one's choice, export of all.
import { Stack } from '@mantine/core'
import { useMemo } from 'react'
import type { RowOf } from '../../api'
import { DataTable, Duration, Empty, Failed, Loaded, Money, Page, PhoneNumber, StatusBadge, TimeRange, When, useRange, type Column, type Filter } from '../../ui'
import { numberTypes, useNumberTypes } from '../../ui/places'
import { useWords, type Word } from '../../ui/text'
import { State } from './Call'
import { Story } from './Story'
import { useCalls } from './text'
import { useStory } from './useStory'
import { Cause, Direction } from './values'

type Row = RowOf<'/calls'>

const dispositions = ['answered', 'busy', 'no_answer', 'cancelled', 'failed', 'rejected', 'in_progress'] as const

export default function Calls() {
  const t = useCalls()
  const range = useRange('24h')
  const columns = useColumns()
  const filters = useFilters()
  return (
    <Page title={t('title')} state={t('state')}>
      <DataTable
        label={t('title')}
        path="/calls"
        columns={columns}
        rowKey={(c) => c.call_id}
        filters={filters}
        search={t('searchHelp')}
        query={{ from: range.from, to: range.to }}
        defaultSort="-at"
        exportPath="/calls/export"
        drawer={{
          title: (c) => <DrawerTitle call={c} />,
          content: (c) => <DrawerStory id={c.call_id} />,
          page: (c) => `/calls/${c.call_id}`,
          size: 'min(920px, 100%)',
        }}
        empty={
          <Empty title={t('none')} icon="calls" action={<TimeRange fallback="24h" />}>
            {t('noneHelp')}
          </Empty>
        }
      />
    </Page>
  )
}

function DrawerTitle({ call }: { call: Row }) {
  return (
    <span className="t-num">
      <PhoneNumber value={call.a_number} /> → <PhoneNumber value={call.b_number || call.dialled} />
    </span>
  )
}

function DrawerStory({ id }: { id: string }) {
  const story = useStory(id)
  if (story.error && !story.data) return <Failed error={story.error} />
  return (
    <Loaded from={story} lines={10}>
      {(s) => (
        <Stack gap="md">
          <State line={s.line} />
          <Story story={s} />
        </Stack>
      )}
    </Loaded>
  )
}

function useColumns(): Column<Row>[] {
  const t = useCalls()
  return useMemo(
    () => [
      { key: 'started_at', title: t('startedAt'), sort: 'at', width: 150, render: (c) => <When at={c.started_at} /> },
      { key: 'disposition', title: t('result'), width: 110, render: (c) => <StatusBadge status={c.disposition} /> },
      { key: 'a_number', title: t('a'), width: 160, wide: true, render: (c) => <PhoneNumber value={c.a_number} place={c.a_place} /> },
      { key: 'b_number', title: t('b'), width: 160, render: (c) => <PhoneNumber value={c.b_number || c.dialled} place={c.b_number ? c.b_place : undefined} /> },
      { key: 'account', title: t('account'), width: 125, wide: true },
      { key: 'provider', title: t('provider'), width: 105, wide: true },
      { key: 'talk_ms', title: t('talk'), width: 66, right: true, render: (c) => <Duration ms={c.talk_ms || null} /> },
      { key: 'pdd_ms', title: t('pddShort'), width: 72, right: true, wide: true, render: (c) => (c.pdd_ms > 0 ? `${(c.pdd_ms / 1000).toFixed(2)}` : <span className="t-dim">–</span>) },
      { key: 'cause', title: t('cause'), width: 170, hidden: true, render: (c) => <Cause value={c.cause} /> },
      { key: 'sale', title: t('sale'), width: 115, right: true, wide: true, render: (c) => <Money value={c.sale} currency={c.currency} kind="rate" /> },
      { key: 'margin', title: t('margin'), width: 85, right: true, wide: true, render: (c) => <Money value={c.margin} kind="rate" signed /> },
      { key: 'direction', title: t('direction'), width: 110, hidden: true, render: (c) => <Direction value={c.direction} /> },
      { key: 'subscriber', title: t('subscriber'), width: 140, hidden: true },
      { key: 'cli', title: t('cli'), width: 170, hidden: true, render: (c) => <PhoneNumber value={c.cli} /> },
      { key: 'dialled', title: t('dialled'), width: 150, hidden: true },
      { key: 'routing_number', title: t('routingNumber'), width: 160, hidden: true, render: (c) => <PhoneNumber value={c.routing_number} /> },
      { key: 'cost_base', title: t('costBase'), width: 110, right: true, hidden: true, render: (c) => <Money value={c.cost_base} kind="rate" /> },
      { key: 'sip_status', title: t('sip'), width: 70, right: true, hidden: true },
      { key: 'hangup_by', title: t('hangupBy'), width: 120, hidden: true, render: (c) => (c.hangup_by ? t(`by_${c.hangup_by}`) : <span className="t-dim">–</span>) },
      { key: 'route', title: t('routeKey'), width: 100, hidden: true },
      { key: 'reason', title: t('reason'), width: 260, hidden: true },
      { key: 'server', title: t('server'), width: 120, hidden: true },
      { key: 'node', title: t('node'), width: 120, hidden: true },
      { key: 'answered_at', title: t('answeredAt'), width: 160, hidden: true, render: (c) => <When at={c.answered_at} /> },
      { key: 'ended_at', title: t('endedAt'), width: 160, hidden: true, render: (c) => <When at={c.ended_at} /> },
      { key: 'closed_by', title: t('closedBy'), width: 140, hidden: true, render: (c) => (c.closed_by ? t(`closed_${c.closed_by}`) : <span className="t-dim">–</span>) },
      { key: 'problem', title: t('problem'), width: 220, hidden: true },
      { key: 'call_id', title: t('callId'), width: 200, hidden: true },
    ],
    [t],
  )
}

function useFilters(): Filter[] {
  const t = useCalls()
  const words = useWords()
  const say = useNumberTypes()
  return useMemo(
    () => [
      { name: 'number', label: t('numberFilter'), width: 170 },
      { name: 'disposition', label: t('result'), width: 140, options: dispositions.map((d) => ({ value: d, label: words(d as Word) })) },
      { name: 'direction', label: t('direction'), width: 130, options: (['out', 'in', 'redirect'] as const).map((d) => ({ value: d, label: t(`dir_${d}`) })) },
      { name: 'account_id', label: t('account'), width: 160, from: { path: '/accounts' } },
      { name: 'provider_id', label: t('provider'), width: 160, from: { path: '/providers' } },
      { name: 'country', label: t('countryFilter'), width: 150 },
      { name: 'type', label: t('typeFilter'), width: 150, options: numberTypes.map((value) => ({ value, label: say(value) })) },
      { name: 'a_country', label: t('aCountryFilter'), width: 150 },
      { name: 'server', label: t('server'), width: 130, from: { path: '/servers', keyOf: (s: RowOf<'/servers'>) => s.name } },
      { name: 'min_talk_s', label: t('minTalk'), width: 120 },
    ],
    [t, words, say],
  )
}
