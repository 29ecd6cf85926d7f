// Policy rules and route rules: which calls go how.
import { useMemo } from 'react'
import type { RowOf } from '../../api'
import { useLocale } from '../../i18n'
import { Empty, Enabled, StatusBadge, type Column, type FormItem } from '../../ui'
import { useWords } from '../../ui/text'
import { Crud } from '../routing/Crud'
import { Matched, matchFields } from './matchFields'
import { matchOf, type Match } from './match'
import { usePolicies } from './text'

type PolicyRule = RowOf<'/policy-rules'>
type PolicyRuleValues = Match & { position: number; policy_id: number }

export const policyRuleValues = (zone: string, r?: PolicyRule): PolicyRuleValues => ({ position: r?.position ?? 10, policy_id: r?.policy_id as number, ...matchOf(r, zone) })

export function PolicyRuleTable() {
  const t = usePolicies()
  const { language, zone } = useLocale()
  const columns = useMemo<Column<PolicyRule>[]>(
    () => [
      { key: 'position', title: t('position'), sort: true, width: 90, right: true },
      { key: 'calls', title: t('calls'), width: 340, grow: true, render: (r) => <Matched of={r} /> },
      { key: 'policy', title: t('policy'), sort: true, width: 200 },
    ],
    [t],
  )
  const fields = (r?: PolicyRule): FormItem<PolicyRuleValues>[] => [
    { name: 'policy_id', label: t('policy'), kind: 'reference', path: '/policies', current: r?.policy, required: true },
    { name: 'position', label: t('position'), help: t('positionHelp'), kind: 'integer', required: true },
    ...matchFields<PolicyRuleValues>(t, language, r?.account),
  ]
  return (
    <Crud<'/policy-rules', PolicyRuleValues>
      path="/policy-rules"
      label={t('policyRules')}
      columns={columns}
      search
      add={t('addPolicyRule')}
      addTitle={t('newPolicyRule')}
      title={(r) => `${r.position}: ${r.policy}`}
      fields={fields}
      valuesOf={(r) => policyRuleValues(zone, r)}
      deleting={() => t('deletingPolicyRule')}
      empty={
        <Empty title={t('noPolicyRules')} icon="policies">
          {t('noPolicyRulesHelp')}
        </Empty>
      }
    />
  )
}

type RouteRule = RowOf<'/route-rules'>
type RouteRuleValues = Match & { action: 'prefer' | 'force' | 'block'; provider_id?: number | null; tier?: string | null; gate_id?: number | null; enabled: boolean; comment: string }

export const routeRuleValues = (zone: string, r?: RouteRule): RouteRuleValues => ({ action: r?.action ?? 'block', provider_id: r?.provider_id ?? undefined, tier: r?.tier ?? undefined, gate_id: r?.gate_id ?? undefined, enabled: r?.enabled ?? true, comment: r?.comment ?? '', ...matchOf(r, zone) })

const actions = ['prefer', 'force', 'block'] as const
const tones = { prefer: 'good', force: 'busy', block: 'bad' } as const

export function RouteRuleTable() {
  const t = usePolicies()
  const words = useWords()
  const { language, zone } = useLocale()
  const columns = useMemo<Column<RouteRule>[]>(
    () => [
      { key: 'action', title: t('action'), sort: true, width: 130, render: (r) => <StatusBadge status={r.action} tone={r.enabled ? tones[r.action] : 'off'}>{t(`act_${r.action}`)}</StatusBadge> },
      { key: 'routes', title: t('routesOf'), width: 200, render: (r) => [r.provider, r.tier, r.gate].filter(Boolean).join(' ') || t('everything') },
      { key: 'calls', title: t('calls'), width: 300, grow: true, wide: true, render: (r) => <Matched of={r} /> },
      { key: 'enabled', title: t('enabled'), width: 120, wide: true, render: (r) => <Enabled value={r.enabled} /> },
      { key: 'comment', title: t('comment'), width: 200, wide: true },
      { key: 'id', title: 'ID', sort: true, width: 70, right: true, hidden: true },
    ],
    [t],
  )
  const fields = (r?: RouteRule): FormItem<RouteRuleValues>[] => [
    { name: 'action', label: t('action'), kind: 'select', options: actions.map((value) => ({ value, label: `${t(`act_${value}`)}: ${t(`actHelp_${value}`)}` })), required: true, full: true },
    { section: t('routesOf') },
    { name: 'provider_id', label: t('provider'), help: t('providerAny'), kind: 'reference', path: '/providers', current: r?.provider || undefined, check: (_, v) => (v.action !== 'block' && !v.provider_id && !v.tier && !v.gate_id ? t('targetMissing') : undefined) },
    { name: 'tier', label: t('tier'), help: t('tierAny'), kind: 'select', options: ['noncli', 'cli', 'premium'].map((value) => ({ value, label: value })) },
    { name: 'gate_id', label: t('gate'), help: t('gateAny'), kind: 'reference', path: '/gates', current: r?.gate || undefined },
    ...matchFields<RouteRuleValues>(t, language, r?.account),
    { section: t('comment') },
    { name: 'enabled', label: t('enabled'), kind: 'switch' },
    { name: 'comment', label: t('comment'), full: true },
  ]
  return (
    <Crud<'/route-rules', RouteRuleValues>
      path="/route-rules"
      label={t('routeRules')}
      columns={columns}
      filters={[
        { name: 'action', label: t('action'), options: actions.map((value) => ({ value, label: t(`act_${value}`) })) },
        { name: 'enabled', label: t('enabled'), options: [{ value: 'true', label: words('enabled') }, { value: 'false', label: words('disabled') }] },
      ]}
      search
      add={t('addRouteRule')}
      addTitle={t('newRouteRule')}
      title={(r) => `${t(`act_${r.action}`)} ${[r.provider, r.tier, r.gate].filter(Boolean).join(' ') || t('everything')}`}
      fields={fields}
      valuesOf={(r) => routeRuleValues(zone, r)}
      deleting={() => t('deletingRouteRule')}
      empty={
        <Empty title={t('noRouteRules')} icon="policies">
          {t('noRouteRulesHelp')}
        </Empty>
      }
    />
  )
}
