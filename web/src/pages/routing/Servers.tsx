// Servers: every Asterisk, and whether it answers.
import { Button, Drawer } from '@mantine/core'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { ask, useForget, useMe, type RowOf } from '../../api'
import { DataTable, Empty, FieldForm, Icon, Page, When, useUrl, type Column } from '../../ui'
import { useWords } from '../../ui/text'
import { State, useHealth, type Health } from '../servers/health'
import { serverFields, serverValues } from '../servers/serverForm'
import { useServers } from '../servers/text'

type Row = RowOf<'/servers'>

export default function Servers() {
  const t = useServers()
  const me = useMe()
  const [params, setUrl] = useUrl()
  const health = useHealth()
  const columns = useColumns(health)
  const all = [...(health?.values() ?? [])]
  return (
    <Page
      title={t('title')}
      state={health ? t('state', { count: all.length, up: all.filter((h) => h.state === 'up').length, calls: all.reduce((sum, h) => sum + h.calls, 0) }) : <>&nbsp;</>}
      actions={
        me.operates && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setUrl({ edit: 'new' }, { push: true })}>
            {t('add')}
          </Button>
        )
      }
    >
      <DataTable
        label={t('title')}
        path="/servers"
        columns={columns}
        rowKey={(s) => s.id}
        search={t('search')}
        href={(s) => `/servers/${s.id}`}
        editHref={(s) => `/servers/${s.id}?tab=settings`}
        exportPath="/servers/export"
        empty={
          <Empty title={t('none')} icon="servers">
            {t('noneHelp')}
          </Empty>
        }
      />
      <NewServer open={params.get('edit') === 'new' && me.operates} onClose={() => setUrl({ edit: undefined })} />
    </Page>
  )
}

function useColumns(health: Map<number, Health> | undefined): Column<Row>[] {
  const t = useServers()
  return useMemo(
    () => [
      { key: 'name', title: t('name'), sort: true, width: 190, grow: true },
      { key: 'state', title: t('status'), width: 150, render: (s) => <State of={health?.get(s.id)} /> },
      { key: 'calls', title: t('calls'), width: 80, right: true, render: (s) => health?.get(s.id)?.calls ?? <span className="t-dim">–</span> },
      { key: 'seen', title: t('seen'), width: 170, wide: true, render: (s) => <When at={health?.get(s.id)?.seen_at} /> },
      { key: 'version', title: t('asterisk'), width: 110, wide: true, render: (s) => health?.get(s.id)?.version || <span className="t-dim">–</span> },
      { key: 'started', title: t('started'), width: 180, wide: true, render: (s) => <When at={health?.get(s.id)?.started_at} /> },
      { key: 'address', title: t('address'), width: 150, wide: true },
      { key: 'driver', title: t('driver'), width: 110, hidden: true },
      { key: 'comment', title: t('comment'), width: 220, hidden: true },
    ],
    [t, health],
  )
}

function NewServer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useServers()
  const words = useWords()
  const forget = useForget()
  const [, navigate] = useLocation()
  return (
    <Drawer opened={open} onClose={onClose} position="right" size="lg" title={t('addTitle')} closeButtonProps={{ 'aria-label': words('close') }}>
      {open && (
        <FieldForm
          initial={serverValues()}
          fields={serverFields(t)}
          verb={words('create')}
          saidSaved={words('created')}
          save={async (values) => (await ask('post', '/servers', { body: values as never })).value}
          onSaved={(made) => {
            void forget('/servers', '/health/servers')
            navigate(`/servers/${(made as { id: number }).id}`)
          }}
          onCancel={onClose}
        />
      )}
    </Drawer>
  )
}
