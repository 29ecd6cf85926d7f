// A provider's form: what it sells, what it shows, how much it takes.
import { Checkbox, TextInput } from '@mantine/core'
import type { RowOf, Schema } from '../../api'
import type { FormItem } from '../../ui'
import type { useProviders } from './text'

type T = ReturnType<typeof useProviders>
export type ProviderValues = Omit<Schema<'Provider'>, 'id' | 'currency'>

export const tierNames = ['noncli', 'cli', 'premium'] as const
export type TierName = (typeof tierNames)[number]

/** tiersOf are the tiers that a provider sells; none: one way, without a prefix. */
export function tiersOf(p: Pick<Schema<'Provider'>, 'noncli_prefix' | 'cli_prefix' | 'premium_prefix'>): { tier: TierName; prefix: string }[] {
  return tierNames.flatMap((tier) => {
    const prefix = p[`${tier}_prefix`]
    return prefix === null || prefix === undefined ? [] : [{ tier, prefix }]
  })
}

export function providerValues(p?: Schema<'Provider'>): ProviderValues {
  if (!p) {
    return { name: '', currency_id: undefined as unknown as number, enabled: true, noncli_prefix: null, cli_prefix: null, premium_prefix: null, cli_allowed: false, dynamic_calls: false, append_plus: false, default_cli: '', channels: 0, cps: 0 }
  }
  const { id: _, currency: __, ...values } = p
  return values
}

export function providerFields(t: T, p?: Schema<'Provider'>): FormItem<ProviderValues>[] {
  const tier = (name: TierName): FormItem<ProviderValues> => ({
    name: `${name}_prefix`,
    label: t(name),
    full: true,
    render: ({ value, set, error, readOnly }) => <TierInput t={t} tier={name} value={value as string | null | undefined} set={set} error={error} readOnly={readOnly} />,
  })
  return [
    { name: 'name', label: t('name'), help: t('nameHelp'), required: true },
    { name: 'currency_id', label: t('currency'), help: t('currencyHelp'), kind: 'reference', path: '/currencies', labelOf: ((c: RowOf<'/currencies'>) => `${c.iso} · ${c.name}`) as never, current: p?.currency, required: true },
    { name: 'enabled', label: t('on'), help: t('enabledHelp'), kind: 'switch', full: true },
    { section: t('tiers'), help: t('tiersHelp') },
    ...tierNames.map(tier),
    { section: t('capacity'), help: t('capacityHelp') },
    { name: 'channels', label: t('channels'), help: t('channelsHelp'), kind: 'integer' },
    { name: 'cps', label: t('cps'), help: t('cpsHelp'), kind: 'integer' },
    { section: t('callerID') },
    { name: 'cli_allowed', label: t('cliAllowed'), help: t('cliAllowedHelp'), kind: 'switch' },
    { name: 'dynamic_calls', label: t('dynamicCalls'), help: t('dynamicCallsHelp'), kind: 'switch' },
    { name: 'default_cli', label: t('defaultCLI'), help: t('defaultCLIHelp') },
    { name: 'append_plus', label: t('appendPlus'), help: t('appendPlusHelp'), kind: 'switch' },
  ]
}

// TierInput: null is not sold, an empty text is sold without a prefix.
function TierInput({ t, tier, value, set, error, readOnly }: { t: T; tier: TierName; value: string | null | undefined; set: (value: unknown) => void; error?: string; readOnly?: boolean }) {
  const sold = value !== null && value !== undefined
  return (
    <div className="r-tier">
      <Checkbox label={t(tier)} description={t(`${tier}Help`)} checked={sold} disabled={readOnly} onChange={(e) => set(e.currentTarget.checked ? '' : null)} />
      <TextInput
        aria-label={t('prefix', { tier: t(tier) })}
        placeholder={sold ? t('prefixHint') : t('notSold')}
        value={value ?? ''}
        disabled={!sold || readOnly}
        error={error}
        data-field={`${tier}_prefix`}
        onChange={(e) => set(e.currentTarget.value.replace(/\s/g, ''))}
        className="t-mono"
      />
    </div>
  )
}
