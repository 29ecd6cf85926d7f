// A server's form.
import type { Schema } from '../../api'
import type { FormItem } from '../../ui'
import type { useServers } from './text'

export type ServerValues = Omit<Schema<'Server'>, 'id'>

export function serverValues(s?: Schema<'Server'>): ServerValues {
  return {
    name: s?.name ?? '',
    address: s?.address ?? '',
    addresses: s?.addresses ?? [],
    location: s?.location ?? 0,
    comment: s?.comment ?? '',
    sip: s?.sip ?? '',
    iax2: s?.iax2 ?? '',
    iax2_control: s?.iax2_control ?? '',
    protocol: s?.protocol ?? 'IAX2',
    driver: s?.driver ?? 'pjsip',
  }
}

export function serverFields(t: ReturnType<typeof useServers>): FormItem<ServerValues>[] {
  const choices = (...list: string[]) => list.map((value) => ({ value, label: value }))
  return [
    { name: 'name', label: t('name'), help: t('nameHelp'), required: true },
    { name: 'driver', label: t('driver'), help: t('driverHelp'), kind: 'select', options: choices('pjsip', 'chan_sip'), required: true },
    { name: 'address', label: t('address'), help: t('addressHelp'), placeholder: '192.0.2.7' },
    { name: 'addresses', label: t('addresses'), help: t('addressesHelp'), kind: 'tags' },
    { section: t('neighbours'), help: t('neighboursHelp') },
    { name: 'protocol', label: t('protocol'), help: t('protocolHelp'), kind: 'select', options: choices('IAX2', 'SIP'), required: true },
    { name: 'sip', label: t('sip'), help: t('sipHelp') },
    { name: 'iax2', label: t('iax2'), help: t('iax2Help') },
    { name: 'iax2_control', label: t('iax2Control'), help: t('iax2Help') },
    { section: t('comment') },
    { name: 'location', label: t('location'), help: t('locationHelp'), kind: 'integer' },
    { name: 'comment', label: t('comment') },
  ]
}
