// A server: state, configuration, telephones, gates, settings.
import { Button } from '@mantine/core'
import { useLocation, useParams } from 'wouter'
import { ask, useForget, useMe, useRecord, type Schema } from '../../api'
import { Facts, FieldForm, Icon, Loaded, Page, Section, UrlTabs, When, confirm, notice } from '../../ui'
import { useWords } from '../../ui/text'
import { ConfigurationOf } from '../servers/ConfigurationOf'
import { State, useHealth, type Health } from '../servers/health'
import { serverFields, serverValues } from '../servers/serverForm'
import { Telephones } from '../servers/Telephones'
import { useServers } from '../servers/text'
import { Gates } from './Gates'

export default function ServerPage() {
  const { id = '' } = useParams<{ id: string }>()
  const server = useRecord('/servers/{id}', { id })
  return <Loaded from={server}>{({ value, etag }) => <Shown server={value} etag={etag} />}</Loaded>
}

function Shown({ server, etag }: { server: Schema<'Server'>; etag: string }) {
  const t = useServers()
  const health = useHealth()?.get(server.id)
  return (
    <Page
      crumb={{ href: '/servers', label: t('title') }}
      title={server.name}
      state={<State of={health} />}
      see={[
        { href: `/live?server=${encodeURIComponent(server.name)}`, label: t('seeLive') },
        { href: `/calls?server=${encodeURIComponent(server.name)}`, label: t('seeCalls') },
        { href: `/numbers?server_id=${server.id}`, label: t('seeNumbers') },
      ]}
    >
      <UrlTabs
        tabs={[
          { key: 'state', label: t('tabState'), content: () => <StateOf server={server} health={health} /> },
          { key: 'configuration', label: t('tabConfiguration'), content: () => <ConfigurationOf server={server} /> },
          { key: 'telephones', label: t('tabTelephones'), content: () => <Telephones server={server} /> },
          { key: 'gates', label: t('tabGates'), content: () => <Gates server={server} /> },
          { key: 'settings', label: t('tabSettings'), content: () => <Settings server={server} etag={etag} /> },
        ]}
      />
    </Page>
  )
}

function StateOf({ server, health }: { server: Schema<'Server'>; health?: Health }) {
  const t = useServers()
  const state = health?.state ?? 'unknown'
  return (
    <Section title={<State of={health} />} help={t(`${state}Help`)}>
      <Facts
        columns={3}
        rows={[
          [t('seen'), <When at={health?.seen_at} />],
          [t('calls'), health?.calls],
          [t('asterisk'), health?.version],
          [t('started'), <When at={health?.started_at} />],
          [t('events'), health && t(health.events ? 'yes' : 'no')],
          [t('limits'), health && t(health.limits ? 'yes' : 'no')],
          [t('address'), [server.address, ...(server.addresses ?? [])].filter(Boolean).join(', ') || undefined],
          [t('driver'), server.driver],
          [t('comment'), server.comment || undefined],
        ]}
      />
    </Section>
  )
}

function Settings({ server, etag }: { server: Schema<'Server'>; etag: string }) {
  const t = useServers()
  const words = useWords()
  const me = useMe()
  const forget = useForget()
  const [, navigate] = useLocation()
  const at = { id: server.id }
  const remove = async () => {
    const sure = await confirm({ title: `${words('remove')}: ${server.name}`, body: t('deleting'), yes: words('remove'), danger: true })
    if (!sure) return
    try {
      await ask('delete', '/servers/{id}', { at, etag })
      notice.ok(words('deleted'))
      navigate('/servers')
      void forget('/servers', '/health/servers')
    } catch (error) {
      notice.error(error)
    }
  }
  return (
    <Section>
      <FieldForm
        initial={serverValues(server)}
        etag={etag}
        fields={serverFields(t)}
        readOnly={!me.operates}
        save={(values, version) => ask('put', '/servers/{id}', { at, body: values as never, etag: version })}
        valuesOf={serverValues}
        reload={async () => {
          const now = await ask('get', '/servers/{id}', { at })
          return { value: serverValues(now.value), etag: now.etag }
        }}
        onSaved={() => void forget('/servers', '/health/servers')}
        extra={
          <Button variant="subtle" color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => void remove()}>
            {words('remove')}
          </Button>
        }
      />
    </Section>
  )
}
