// The settings of an account.
import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { ask, useForget, useMe, type Schema } from '../../api'
import { confirm, FieldForm, Icon, notice, useWords, type FormItem } from '../../ui'
import { useMoney } from './text'

/** An empty list with the switch on means: no number at all. */
type Settings = Schema<'AccountSettings'> & { allow_only: boolean }

/** settingsOf takes what PUT takes out of what GET shows. */
export const settingsOf = (a: Schema<'Account'> | Schema<'AccountShown'>): Settings => ({
  name: a.name, enabled: a.enabled, payment: a.payment, currency: a.currency ?? '', tariff_id: a.tariff_id,
  credit_limit: a.credit_limit, daily_limit: a.daily_limit, call_limit: a.call_limit, low_balance: a.low_balance,
  channels: a.channels, cps: a.cps, min_tier: a.min_tier, no_loss: a.no_loss, max_per_minute: a.max_per_minute, max_connection_fee: a.max_connection_fee,
  country: a.country, international_prefix: a.international_prefix, trunk_prefix: a.trunk_prefix, default_cli: a.default_cli,
  allow_only: a.allow !== null, allow: a.allow ?? [], block: a.block, language: a.language, time_zone: a.time_zone,
})

/** An empty sum means none. */
export const sent = ({ allow_only, ...v }: Settings) => ({
  ...v,
  allow: allow_only ? (v.allow ?? []) : null,
  credit_limit: v.credit_limit || null, daily_limit: v.daily_limit || null, call_limit: v.call_limit || null, low_balance: v.low_balance || null,
  max_per_minute: v.max_per_minute || null, max_connection_fee: v.max_connection_fee || null,
}) as Schema<'AccountSettings'>

function useFields(tariff?: string, unit?: string, fixed?: boolean): FormItem<Settings>[] {
  const t = useMoney()
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((z) => ({ value: z, label: z })), [])
  return [
    { name: 'name', label: t('name'), required: true },
    { name: 'payment', label: t('payment'), kind: 'select', required: true, options: (['prepaid', 'postpaid'] as const).map((p) => ({ value: p, label: t(p) })) },
    { name: 'enabled', label: t('enabled'), help: t('enabledHelp'), kind: 'switch' },
    { section: t('selling'), help: t('sellingHelp') },
    { name: 'tariff_id', label: t('tariff'), help: t('tariffHelp'), kind: 'reference', path: '/tariffs', current: tariff },
    { name: 'currency', label: t('currency'), help: t('currencyHelp'), readOnly: fixed, placeholder: 'EUR' },
    { name: 'min_tier', label: t('minTier'), help: t('minTierHelp'), kind: 'select', options: (['noncli', 'cli', 'premium'] as const).map((v) => ({ value: v, label: t(`tier_${v}`) })) },
    { name: 'no_loss', label: t('noLoss'), help: t('noLossHelp'), kind: 'switch' },
    { name: 'max_per_minute', label: t('maxPerMinute'), help: t('maxPerMinuteHelp'), kind: 'money' },
    { name: 'max_connection_fee', label: t('maxConnectionFee'), help: t('maxPerMinuteHelp'), kind: 'money' },
    { section: t('limits'), help: t('limitsHelp') },
    { name: 'credit_limit', label: t('creditLimit'), help: t('creditLimitHelp'), kind: 'money', unit },
    { name: 'low_balance', label: t('lowBalance'), help: t('lowBalanceHelp'), kind: 'money', unit },
    { name: 'daily_limit', label: t('dailyLimit'), help: t('dailyLimitHelp'), kind: 'money', unit },
    { name: 'call_limit', label: t('callLimit'), help: t('callLimitHelp'), kind: 'money', unit },
    { name: 'channels', label: t('channels'), help: t('channelsHelp'), kind: 'integer' },
    { name: 'cps', label: t('cps'), help: t('cpsHelp'), kind: 'integer' },
    { name: 'allow_only', label: t('allowOnly'), help: t('allowOnlyHelp'), kind: 'switch' },
    { name: 'allow', label: t('allow'), help: t('allowHelp'), kind: 'tags', show: (v) => v.allow_only },
    { name: 'block', label: t('block'), help: t('blockHelp'), kind: 'tags' },
    { section: t('dialling'), help: t('diallingHelp') },
    { name: 'country', label: t('country'), help: t('countryHelp') },
    { name: 'default_cli', label: t('defaultCli'), help: t('defaultCliHelp') },
    { name: 'international_prefix', label: t('internationalPrefix'), help: t('internationalPrefixHelp') },
    { name: 'trunk_prefix', label: t('trunkPrefix'), help: t('trunkPrefixHelp') },
    { name: 'language', label: t('language'), help: t('languageHelp') },
    { name: 'time_zone', label: t('zone'), help: t('zoneHelp'), kind: 'suggest', options: zones },
  ] as FormItem<Settings>[]
}

export function AccountSettings({ account, etag }: { account: Schema<'AccountShown'>; etag: string }) {
  const me = useMe()
  const forget = useForget()
  const w = useWords()
  const t = useMoney()
  const [, go] = useLocation()
  const at = { id: account.id }
  const drop = async () => {
    if (!(await confirm({ title: `${w('remove')}: ${account.name}`, body: t('accountDeleteHelp'), yes: w('remove'), danger: true }))) return
    try {
      await ask('delete', '/accounts/{id}', { at, etag })
      notice.ok(w('deleted'))
      go('/accounts')
      void forget('/accounts')
    } catch (error) {
      notice.error(error)
    }
  }
  const fields = useFields(account.tariff, account.currency, Boolean(account.currency))
  return (
    <FieldForm<Settings>
      initial={settingsOf(account)}
      etag={etag}
      fields={fields}
      readOnly={!me.governs}
      save={(v, seen) => ask('put', '/accounts/{id}', { at, body: sent(v), etag: seen })}
      valuesOf={settingsOf}
      reload={async () => {
        const { value, etag: now } = await ask('get', '/accounts/{id}', { at })
        return { value: settingsOf(value), etag: now }
      }}
      onSaved={() => void forget('/accounts')}
      extra={
        <Button variant="subtle" color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => void drop()}>
          {w('remove')}
        </Button>
      }
    />
  )
}

const fresh: Settings = { name: '', enabled: true, payment: 'prepaid', currency: '', min_tier: 'noncli', no_loss: true, channels: 0, cps: 0, allow_only: false, allow: [], block: [], country: '', international_prefix: '', trunk_prefix: '', default_cli: '', language: '', time_zone: '' } as Settings

export function NewAccount({ onMade, close }: { onMade: (id: number) => void; close: () => void }) {
  const w = useWords()
  const forget = useForget()
  const fields = useFields()
  return (
    <FieldForm<Settings>
      initial={fresh}
      fields={fields}
      verb={w('create')}
      saidSaved={w('created')}
      onCancel={close}
      save={(v) => ask('post', '/accounts', { body: sent(v) })}
      onSaved={(answer) => {
        void forget('/accounts')
        onMade((answer as { value: Schema<'Account'> }).value.id)
      }}
    />
  )
}
