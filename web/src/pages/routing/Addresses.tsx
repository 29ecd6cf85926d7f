// Addresses and networks of a provider.
import { useMemo } from 'react'
import type { RowOf, Schema } from '../../api'
import { Empty, type Column, type FormItem } from '../../ui'
import { Crud } from './Crud'
import { useProviders } from './text'

type Row = RowOf<'/addresses'>
type Values = Omit<Row, 'id' | 'provider'>

export const addressValues = (provider: number, a?: Row): Values => ({ provider_id: provider, address: a?.address ?? '', domain: a?.domain ?? '', direction: a?.direction ?? 'IN/OUT', protocol: a?.protocol ?? 'SIP', port: a?.port ?? undefined, proxy: a?.proxy ?? '' })

export function Addresses({ provider }: { provider: Schema<'Provider'> }) {
  const t = useProviders()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'address', title: t('address'), sort: true, width: 190, grow: true, render: (a) => <span className="t-mono">{a.address || a.domain}</span> },
      { key: 'domain', title: t('domain'), sort: true, width: 200 },
      { key: 'direction', title: t('direction'), sort: true, width: 110 },
      { key: 'protocol', title: t('protocol'), width: 100, wide: true },
      { key: 'port', title: t('port'), width: 80, right: true, wide: true },
      { key: 'proxy', title: t('proxy'), width: 170, wide: true },
    ],
    [t],
  )
  const choices = (...list: string[]) => list.map((value) => ({ value, label: value }))
  const fields: FormItem<Values>[] = [
    { name: 'direction', label: t('direction'), help: t('directionHelp'), kind: 'select', options: choices('IN', 'OUT', 'IN/OUT'), required: true },
    { name: 'protocol', label: t('protocol'), help: t('protocolHelp'), kind: 'select', options: choices('SIP', 'IAX2', 'H323'), required: true },
    { name: 'address', label: t('address'), help: t('addressHelp'), full: true, placeholder: '192.0.2.7' },
    { name: 'domain', label: t('domain'), help: t('domainHelp') },
    { name: 'port', label: t('port'), help: t('portHelp'), kind: 'integer', placeholder: '5060' },
    { name: 'proxy', label: t('proxy'), help: t('proxyHelp'), full: true, placeholder: 'proxy.example.net:5060' },
  ]
  return (
    <Crud<'/addresses', Values>
      path="/addresses"
      label={t('addresses')}
      columns={columns}
      query={{ provider_id: provider.id }}
      search
      add={t('addAddress')}
      addTitle={t('newAddress')}
      title={(a) => a.address || a.domain || t('address')}
      fields={() => fields}
      valuesOf={(a) => addressValues(provider.id, a)}
      deleting={() => t('deletingAddress')}
      height="28rem"
      empty={
        <Empty title={t('noAddresses')} icon="providers">
          {t('noAddressesHelp')}
        </Empty>
      }
    />
  )
}
