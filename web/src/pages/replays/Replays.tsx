// Replays: what past calls would have cost by what is not in force.
import { Button, Drawer } from '@mantine/core'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { useMe, type RowOf, type Schema } from '../../api'
import { DataTable, Empty, format, Icon, Page, StatusBadge, useUrl, useWords, When, type Column, type Tone } from '../../ui'
import { NewReplay } from './NewReplay'
import { useReplays } from './text'

type Row = RowOf<'/replays'>

export default function Replays() {
  const t = useReplays()
  const w = useWords()
  const me = useMe()
  const [params, setUrl] = useUrl()
  const [, go] = useLocation()
  const what = useWhat()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'id', title: t('id'), width: 90, phoneWidth: 70, right: true },
      { key: 'status', title: t('status'), width: 120, phoneWidth: 100, render: (r) => <ReplayState state={r.state} /> },
      { key: 'what', title: t('what'), width: 220, phoneWidth: 150, grow: true, render: (r) => what(r.request) },
      { key: 'period', title: t('period'), width: 260, wide: true, render: (r) => periodOf(r.request) },
      { key: 'created_by', title: t('by'), width: 140, wide: true },
      { key: 'created_at', title: t('made'), width: 180, wide: true, render: (r) => <When at={r.created_at} /> },
    ],
    [t, what],
  )
  const adding = params.get('edit') === 'new' && me.operates
  const close = () => setUrl({ edit: undefined, deck: undefined })
  const add = me.operates && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setUrl({ edit: 'new' }, { push: true })}>
      {t('add')}
    </Button>
  )
  return (
    <Page title={t('title')} state={t('state')} actions={add}>
      <DataTable
        label={t('title')}
        path="/replays"
        columns={columns}
        rowKey={(r) => r.id}
        href={(r) => `/replays/${r.id}`}
        empty={
          <Empty title={t('none')} icon="replay" action={add}>
            {t('noneHelp')}
          </Empty>
        }
      />
      <Drawer opened={adding} onClose={close} position="right" size="lg" title={t('add')} closeButtonProps={{ 'aria-label': w('close') }}>
        {adding && <NewReplay deck={Number(params.get('deck')) || undefined} onMade={(id) => go(`/replays/${id}`)} close={close} />}
      </Drawer>
    </Page>
  )
}

const tones: Record<Row['state'], Tone> = { waiting: 'off', running: 'busy', done: 'good', failed: 'bad' }

export function ReplayState({ state }: { state: Row['state'] }) {
  const t = useReplays()
  return (
    <StatusBadge status={state} tone={tones[state]}>
      {t(`st_${state}`)}
    </StatusBadge>
  )
}

/** useWhat says what a replay tries. */
export function useWhat() {
  const t = useReplays()
  return useMemo(
    () => (r: Schema<'ReplayRequest'>) => {
      const parts = [...(r.decks ?? []).map((id) => t('draftDeck', { id: String(id) })), r.policy ? t('policyOf_draft') : r.policy_id ? t('ofPolicy', { id: String(r.policy_id) }) : '']
      return parts.filter(Boolean).join(', ') || t('nothingElse')
    },
    [t],
  )
}

export const periodOf = (r: { from: string; to: string }) => `${format.time(r.from, 'short')} – ${format.time(r.to, 'short')}`
