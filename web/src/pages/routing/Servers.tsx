// Servers: every Asterisk, and whether it answers.
import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { useForget, useMe, type RowOf } from '../../api'
import { DataTable, Empty, Icon, Page, When, useUrl, type Column } from '../../ui'
import { State, useHealth, type Health } from '../servers/health'
import { serverFields, serverValues } from '../servers/serverForm'
import { useServers } from '../servers/text'
import { Create } from './Create'

type Row = RowOf<'/servers'>

export default function Servers() {
  const t = useServers()
  const me = useMe()
  const [params, setUrl] = useUrl()
  const [, navigate] = useLocation()
  const forget = useForget()
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
      <Create
        path="/servers"
        title={t('addTitle')}
        opened={params.get('edit') === 'new' && me.operates}
        close={() => setUrl({ edit: undefined })}
        fields={() => serverFields(t)}
        valuesOf={serverValues}
        onMade={({ id }) => {
          void forget('/health/servers')
          navigate(`/servers/${id}`)
        }}
      />
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
