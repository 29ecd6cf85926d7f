// Policies: who goes first.
import { useMemo } from 'react'
import type { RowOf } from '../../api'
import { useLocale } from '../../i18n'
import { Empty, format, type Column, type FormItem } from '../../ui'
import { Crud } from '../routing/Crud'
import { shareOf, type PolicyRoute } from './match'
import { PolicyRoutes } from './PolicyRoutes'
import { usePolicies } from './text'

type Row = RowOf<'/policies'>
type Values = Omit<Row, 'id' | 'routes'> & { routes: PolicyRoute[] }

export const policyValues = (p?: Row): Values => ({ name: p?.name ?? '', kind: p?.kind ?? 'share', band_percent: p?.band_percent ?? '0.00', min_tier: p?.min_tier ?? 'noncli', routes: p?.routes ?? [] })

/** The names of providers are for the reader. */
export const policyBody = (v: Values) => ({ ...v, routes: v.routes.map(({ provider: _, ...r }) => r) })

const kinds = ['least_cost', 'priority', 'share', 'band_share', 'quality'] as const

export function PolicyTable() {
  const t = usePolicies()
  const { language } = useLocale()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'name', title: t('name'), sort: true, width: 190 },
      { key: 'kind', title: t('kind'), sort: true, width: 150, render: (p) => t(`kind_${p.kind}`) },
      { key: 'routes', title: t('routes'), width: 320, grow: true, wide: true, render: (p) => <RoutesText policy={p} language={language} /> },
      { key: 'min_tier', title: t('minTier'), width: 120, wide: true },
      { key: 'band_percent', title: t('band'), width: 90, right: true, hidden: true, render: (p) => `${p.band_percent} %` },
    ],
    [t, language],
  )
  const uses = (...list: string[]) => (v: Values) => list.includes(v.kind)
  const fields: FormItem<Values>[] = [
    { name: 'name', label: t('name'), required: true },
    { name: 'min_tier', label: t('minTier'), help: t('minTierHelp'), kind: 'select', options: ['noncli', 'cli', 'premium'].map((value) => ({ value, label: value })), required: true },
    { name: 'kind', label: t('kind'), help: t('kindHelp'), kind: 'select', options: kinds.map((value) => ({ value, label: `${t(`kind_${value}`)}: ${t(`kindHelp_${value}`)}` })), required: true, full: true },
    { name: 'band_percent', label: t('band'), help: t('bandHelp'), kind: 'money', unit: '%', show: uses('band_share') },
    {
      name: 'routes',
      label: t('routes'),
      full: true,
      show: uses('priority', 'share', 'band_share', 'quality'),
      render: ({ value, set, error, values, readOnly }) => <PolicyRoutes kind={values.kind} routes={value as PolicyRoute[]} set={set} error={error} readOnly={readOnly} />,
    },
  ]
  return (
    <Crud<'/policies', Values>
      path="/policies"
      label={t('policies')}
      columns={columns}
      search
      add={t('addPolicy')}
      addTitle={t('newPolicy')}
      title={(p) => p.name}
      fields={() => fields}
      valuesOf={policyValues}
      bodyOf={policyBody}
      deleting={() => t('deletingPolicy')}
      size="xl"
      empty={
        <Empty title={t('noPolicies')} icon="policies">
          {t('noPoliciesHelp')}
        </Empty>
      }
    />
  )
}

function RoutesText({ policy, language }: { policy: Row; language: 'en' | 'ru' }) {
  const routes = policy.routes ?? []
  if (routes.length === 0) return <span className="t-dim">–</span>
  const weighed = policy.kind === 'share' || policy.kind === 'band_share'
  return <>{routes.map((r, n) => `${r.provider}${r.tier ? ` ${r.tier}` : ''}${weighed ? ` ${format.percent(shareOf(routes, n), language)}` : ''}`).join(policy.kind === 'priority' ? ' → ' : ', ')}</>
}
