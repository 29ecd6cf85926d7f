// Gates of a provider: dial peers with a login, bound to numbers of ours.
import { useMemo } from 'react'
import type { RowOf, Schema } from '../../api'
import { Empty, Enabled, PhoneNumber, type Column, type FormItem } from '../../ui'
import { useWords } from '../../ui/text'
import { Crud } from './Crud'
import { useProviders } from './text'

type Row = RowOf<'/gates'>
type Values = Omit<Row, 'id' | 'number' | 'provider' | 'provider_id' | 'server' | 'has_password'> & { drop_password: boolean }

export const gateValues = (g?: Row, server?: number): Values => ({
  name: g?.name ?? '',
  number_id: g?.number_id as number,
  server_id: (g?.server_id ?? server) as number,
  enabled: g?.enabled ?? true,
  host: g?.host ?? '',
  port: g?.port ?? undefined,
  login: g?.login ?? '',
  password: undefined,
  drop_password: false,
  channels: g?.channels ?? 0,
  cps: g?.cps ?? 0,
  cid_support: g?.cid_support ?? false,
  context: g?.context ?? '',
  comment: g?.comment ?? '',
})

/** An empty password takes away the one that is kept, none leaves it. */
export const gateBody = ({ drop_password, ...v }: Values) => ({ ...v, password: drop_password ? '' : v.password || undefined })

export function Gates({ provider, server }: { provider?: Schema<'Provider'>; server?: Schema<'Server'> }) {
  const t = useProviders()
  const words = useWords()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'name', title: t('gateName'), sort: true, width: 150, grow: true },
      { key: 'enabled', title: t('gateEnabled'), width: 110, render: (g) => <Enabled value={g.enabled} /> },
      { key: 'number', title: t('number'), sort: true, width: 170, render: (g) => <PhoneNumber value={g.number} /> },
      { key: 'server', title: t('server'), width: 150, wide: true, hidden: Boolean(server) },
      { key: 'provider', title: t('title'), width: 130, wide: true, hidden: Boolean(provider) },
      { key: 'host', title: t('host'), width: 160, wide: true },
      { key: 'has_password', title: t('registers'), width: 110, wide: true, render: (g) => (g.login && g.has_password ? words('yes') : <span className="t-dim">{words('no')}</span>) },
      { key: 'channels', title: t('channels'), width: 90, right: true, wide: true, render: (g) => g.channels || <span className="t-dim">{t('noLimit')}</span> },
      { key: 'cps', title: t('cps'), width: 130, right: true, hidden: true },
      { key: 'comment', title: t('comment'), width: 200, hidden: true },
    ],
    [t, words, provider, server],
  )
  const fields = (g?: Row): FormItem<Values>[] => [
    { name: 'name', label: t('gateName'), help: t('gateNameHelp'), required: true },
    { name: 'number_id', label: t('number'), help: t('numberHelp'), kind: 'reference', path: '/numbers', labelOf: ((n: RowOf<'/numbers'>) => n.number) as never, current: g?.number, required: true },
    { name: 'server_id', label: t('server'), help: t('serverHelp'), kind: 'reference', path: '/servers', current: g?.server ?? server?.name, required: true },
    { name: 'enabled', label: t('on'), help: t('gateEnabledHelp'), kind: 'switch' },
    { name: 'host', label: t('host'), help: t('hostHelp') },
    { name: 'port', label: t('port'), help: t('portHelp'), kind: 'integer' },
    { name: 'login', label: t('login'), help: t('loginHelp') },
    { name: 'password', label: t('password'), help: g?.has_password ? words('writeOnly') : t('passwordNone'), kind: 'password', show: (v) => !v.drop_password },
    { name: 'drop_password', label: t('passwordDrop'), help: t('passwordDropHelp'), kind: 'switch', show: () => Boolean(g?.has_password) },
    { name: 'channels', label: t('channels'), help: t('channelsHelp'), kind: 'integer' },
    { name: 'cps', label: t('cps'), help: t('cpsHelp'), kind: 'integer' },
    { name: 'cid_support', label: t('cidSupport'), kind: 'switch' },
    { name: 'context', label: t('context'), help: t('contextHelp') },
    { name: 'comment', label: t('comment'), full: true },
  ]
  return (
    <Crud<'/gates', Values>
      path="/gates"
      label={t('gates')}
      columns={columns}
      query={{ provider_id: provider?.id, server_id: server?.id }}
      search
      add={t('addGate')}
      addTitle={t('newGate')}
      title={(g) => g.name}
      fields={fields}
      valuesOf={(g) => gateValues(g, server?.id)}
      bodyOf={gateBody}
      deleting={() => t('deletingGate')}
      height="28rem"
      empty={
        <Empty title={t('noGates')} icon="lock">
          {t('noGatesHelp')}
        </Empty>
      }
    />
  )
}
