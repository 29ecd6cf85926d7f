// Providers: whom we pay for carrying calls.
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useMe, useRead, type RowOf, type Schema } from '../../api'
import { DataTable, Empty, Enabled, Icon, Page, StatusBadge, useUrl, type Column } from '../../ui'
import { useWords } from '../../ui/text'
import { Create } from './Create'
import { Firewall } from './Firewall'
import { providerFields, providerValues, tiersOf } from './providerForm'
import { useProviders } from './text'

type Row = RowOf<'/providers'>

export default function Providers() {
  const t = useProviders()
  const words = useWords()
  const me = useMe()
  const [params, setUrl] = useUrl()
  const [, navigate] = useLocation()
  const [firewall, setFirewall] = useState(false)
  const resting = useRead('/overview', undefined, { every: 15_000 }).data?.resting ?? []
  const columns = useColumns(resting)
  return (
    <Page
      title={t('title')}
      state={<State resting={resting.length} />}
      actions={
        <>
          <Button variant="default" leftSection={<Icon name="lock" size={16} />} onClick={() => setFirewall(true)}>
            {t('firewall')}
          </Button>
          {me.operates && (
            <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setUrl({ edit: 'new' }, { push: true })}>
              {t('add')}
            </Button>
          )}
        </>
      }
    >
      <DataTable
        label={t('title')}
        path="/providers"
        columns={columns}
        rowKey={(p) => p.id}
        search={t('search')}
        filters={[{ name: 'enabled', label: t('enabled'), options: [{ value: 'true', label: words('enabled') }, { value: 'false', label: words('disabled') }] }]}
        href={(p) => `/providers/${p.id}`}
        editHref={(p) => `/providers/${p.id}?tab=settings`}
        exportPath="/providers/export"
        empty={
          <Empty title={t('none')} icon="providers">
            {t('noneHelp')}
          </Empty>
        }
      />
      <Create
        path="/providers"
        title={t('addTitle')}
        opened={params.get('edit') === 'new' && me.operates}
        close={() => setUrl({ edit: undefined })}
        fields={() => providerFields(t)}
        valuesOf={providerValues}
        onMade={({ id }) => navigate(`/providers/${id}`)}
      />
      {firewall && <Firewall onClose={() => setFirewall(false)} />}
    </Page>
  )
}

function State({ resting }: { resting: number }) {
  const t = useProviders()
  const all = useRead('/providers', { limit: 1 }).data?.total
  const off = useRead('/providers', { limit: 1, enabled: 'false' }).data?.total
  if (all === undefined || off === undefined) return <>&nbsp;</>
  return <>{t('state', { count: all, off, resting })}</>
}

function useColumns(resting: Schema<'Resting'>[]): Column<Row>[] {
  const t = useProviders()
  return useMemo(
    () => [
      { key: 'name', title: t('name'), sort: true, width: 200, grow: true },
      {
        key: 'enabled',
        title: t('enabled'),
        sort: true,
        width: 130,
        render: (p) => (resting.some((r) => r.provider_id === p.id) ? <StatusBadge status="resting">{t('resting')}</StatusBadge> : <Enabled value={p.enabled} />),
      },
      { key: 'currency', title: t('currency'), sort: true, width: 90 },
      { key: 'tiers', title: t('tiers'), width: 190, wide: true, render: (p) => <>{tiersOf(p).map((x) => x.tier).join(', ') || t('oneWay')}</> },
      { key: 'shows', title: t('showsTitle'), width: 110, wide: true, render: (p) => t(p.dynamic_calls ? 'shows_any' : p.cli_allowed ? 'shows_ours' : 'shows_its') },
      { key: 'channels', title: t('channels'), sort: true, width: 110, right: true, render: (p) => p.channels || <span className="t-dim">{t('noLimit')}</span> },
      { key: 'cps', title: t('cps'), sort: true, width: 150, right: true, wide: true, render: (p) => p.cps || <span className="t-dim">{t('noLimit')}</span> },
      { key: 'default_cli', title: t('defaultCLI'), width: 150, hidden: true },
      { key: 'id', title: 'ID', sort: true, width: 70, right: true, hidden: true },
    ],
    [t, resting],
  )
}
