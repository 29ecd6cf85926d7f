// A provider: addresses, gates, tiers and capacity, numbers, decks, calls.
import { Alert, Button } from '@mantine/core'
import { useLocation, useParams } from 'wouter'
import { ask, useForget, useMe, useRead, useRecord, type Schema } from '../../api'
import { Enabled, FieldForm, Icon, Loaded, Page, Section, UrlTabs, confirm, format, notice } from '../../ui'
import { useWords } from '../../ui/text'
import { Addresses } from './Addresses'
import { Gates } from './Gates'
import { CallsOf, DecksOf, NumbersOf } from './OfProvider'
import { providerFields, providerValues } from './providerForm'
import './routing.css'
import { useProviders } from './text'

export default function ProviderPage() {
  const { id = '' } = useParams<{ id: string }>()
  const provider = useRecord('/providers/{id}', { id })
  return <Loaded from={provider}>{({ value, etag }) => <Shown provider={value} etag={etag} />}</Loaded>
}

function Shown({ provider, etag }: { provider: Schema<'Provider'>; etag: string }) {
  const t = useProviders()
  const id = provider.id
  return (
    <Page
      crumb={{ href: '/providers', label: t('title') }}
      title={provider.name}
      state={
        <span className="r-inline">
          <Enabled value={provider.enabled} />
          <span>{t('stateOf', { currency: provider.currency })}</span>
          <span>{provider.channels ? t('limitOf', { count: provider.channels }) : t('noLimit')}</span>
          {Boolean(provider.cps) && <span>{t('cpsOf', { count: provider.cps! })}</span>}
        </span>
      }
      see={[
        { href: `/numbers?provider_id=${id}`, label: t('seeNumbers') },
        { href: `/calls?provider_id=${id}`, label: t('seeCalls') },
        { href: `/quality?by=tier,country&provider=${id}`, label: t('seeQuality') },
        { href: `/decks?provider_id=${id}`, label: t('decks') },
      ]}
    >
      <Resting id={id} />
      <UrlTabs
        tabs={[
          { key: 'addresses', label: t('addresses'), content: () => <Addresses provider={provider} /> },
          { key: 'gates', label: t('gates'), content: () => <Gates provider={provider} /> },
          { key: 'settings', label: t('settings'), content: () => <Settings provider={provider} etag={etag} /> },
          { key: 'numbers', label: t('numbers'), content: () => <NumbersOf id={id} /> },
          { key: 'decks', label: t('decks'), content: () => <DecksOf id={id} /> },
          { key: 'calls', label: t('calls'), content: () => <CallsOf id={id} /> },
        ]}
      />
    </Page>
  )
}

function Resting({ id }: { id: number }) {
  const t = useProviders()
  const resting = (useRead('/overview', undefined, { every: 15_000 }).data?.resting ?? []).filter((r) => r.provider_id === id)
  if (resting.length === 0) return null
  return (
    <Alert color="yellow" variant="light" icon={<Icon name="warning" />} title={t('restingTitle')}>
      <ul className="r-list">
        {resting.map((r, n) => (
          <li key={n}>
            {r.gate_id ? `${t('gate')} ${r.gate_id}` : `${t('address')} ${r.address_id ?? ''}`}: {t(`resting_${r.state}` as 'resting_open', { failures: r.failures, bids: r.bids })}
            {r.until && `, ${t('restingUntil', { time: format.time(r.until, 'clock') })}`}
            {r.unreachable_from?.length ? `, ${t('restingFrom', { servers: r.unreachable_from.join(', ') })}` : ''}
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function Settings({ provider, etag }: { provider: Schema<'Provider'>; etag: string }) {
  const t = useProviders()
  const words = useWords()
  const me = useMe()
  const forget = useForget()
  const [, navigate] = useLocation()
  const at = { id: provider.id }
  const remove = async () => {
    const sure = await confirm({ title: `${words('remove')}: ${provider.name}`, body: t('deleting'), yes: words('remove'), danger: true })
    if (!sure) return
    try {
      await ask('delete', '/providers/{id}', { at, etag })
      notice.ok(words('deleted'))
      navigate('/providers')
      void forget('/providers')
    } catch (error) {
      notice.error(error)
    }
  }
  return (
    <Section>
      <FieldForm
        initial={providerValues(provider)}
        etag={etag}
        fields={providerFields(t, provider)}
        readOnly={!me.operates}
        save={(values, version) => ask('put', '/providers/{id}', { at, body: values as never, etag: version })}
        valuesOf={providerValues}
        reload={async () => {
          const now = await ask('get', '/providers/{id}', { at })
          return { value: providerValues(now.value), etag: now.etag }
        }}
        onSaved={() => void forget('/providers')}
        extra={
          <Button variant="subtle" color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => void remove()}>
            {words('remove')}
          </Button>
        }
      />
    </Section>
  )
}
