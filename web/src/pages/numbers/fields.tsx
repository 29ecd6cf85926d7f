// Fields of a number; a range has the same, but for the number itself.
import type { RowOf, Schema } from '../../api'
import type { FormItem } from '../../ui'
import type { useNumbers } from './text'

type T = ReturnType<typeof useNumbers>
export type NumberValues = Omit<Schema<'Number'>, 'id' | 'provider' | 'server' | 'account' | 'destination_subscriber' | 'gates'>
type Settings = Omit<NumberValues, 'number'>

export const directions = ['IN', 'OUT', 'IN/OUT'] as const

export function settingFields(t: T, n?: Schema<'Number'>): FormItem<Settings>[] {
  return [
    { name: 'provider_id', label: t('provider'), help: t('providerHelp'), kind: 'reference', path: '/providers', current: n?.provider, required: true },
    { name: 'direction', label: t('direction'), help: t('directionHelp'), kind: 'select', options: directions.map((value) => ({ value, label: value })), required: true },
    { name: 'account_id', label: t('account'), help: t('accountHelp'), kind: 'reference', path: '/accounts', current: n?.account || undefined },
    { name: 'server_id', label: t('server'), help: t('serverHelp'), kind: 'reference', path: '/servers', current: n?.server || undefined },
    { name: 'enabled', label: t('enabled'), kind: 'switch' },
    { name: 'virtual', label: t('virtual'), help: t('virtualHelp'), kind: 'switch' },
    { section: t('incoming') },
    {
      name: 'destination_subscriber_id',
      label: t('destinationSubscriber'),
      help: t('destinationSubscriberHelp'),
      kind: 'reference',
      path: '/subscribers',
      labelOf: ((s: RowOf<'/subscribers'>) => s.login) as never,
      current: n?.destination_subscriber || undefined,
    },
    { name: 'destination_number', label: t('destinationNumber'), help: t('destinationNumberHelp') },
    { name: 'echo_test', label: t('echoTest'), help: t('echoTestHelp'), kind: 'switch' },
  ]
}

export function numberFields(t: T, n?: Schema<'Number'>): FormItem<NumberValues>[] {
  return [{ name: 'number', label: t('number'), help: t('numberHelp'), required: true, full: true }, ...(settingFields(t, n) as FormItem<NumberValues>[])]
}

export function numberValues(n?: Schema<'Number'>): NumberValues {
  return {
    number: n?.number ?? '',
    provider_id: n?.provider_id as number,
    server_id: n?.server_id ?? undefined,
    account_id: n?.account_id ?? undefined,
    direction: n?.direction ?? 'IN/OUT',
    enabled: n?.enabled ?? true,
    virtual: n?.virtual ?? false,
    echo_test: n?.echo_test ?? false,
    destination_subscriber_id: n?.destination_subscriber_id ?? undefined,
    destination_number: n?.destination_number ?? '',
  }
}
