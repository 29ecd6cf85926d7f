// The providers of a policy: in order, or with weights, as its kind wants them.
import { ActionIcon, Button, Group, Input, Select, Text, TextInput } from '@mantine/core'
import { useLocale } from '../../i18n'
import { Icon, Reference, format } from '../../ui'
import { moved, placed, shareOf, type PolicyRoute } from './match'
import './policies.css'
import { usePolicies } from './text'

const tiers = ['noncli', 'cli', 'premium'].map((value) => ({ value, label: value }))

export function PolicyRoutes({ kind, routes, set, error, readOnly }: { kind: string; routes: PolicyRoute[]; set: (routes: PolicyRoute[]) => void; error?: string; readOnly?: boolean }) {
  const t = usePolicies()
  const { language } = useLocale()
  const ordered = kind === 'priority'
  const weighed = kind === 'share' || kind === 'band_share'
  const change = (at: number, more: Partial<PolicyRoute>) => set(routes.map((r, n) => (n === at ? { ...r, ...more } : r)))
  const nameOf = (r: PolicyRoute) => r.provider || `#${r.provider_id}`
  return (
    <Input.Wrapper label={ordered ? t('routesOrder') : t('routes')} error={error} labelElement="div">
      {routes.length === 0 && (
        <Text size="sm" c="dimmed">
          {ordered || kind === 'share' ? t('routesNone') : t('routesAny')}
        </Text>
      )}
      <ol className="p-routes">
        {routes.map((r, n) => (
          <li key={n}>
            {ordered && <span className="t-dim t-num">{n + 1}</span>}
            <Reference path="/providers" aria-label={t('provider')} placeholder={t('provider')} value={r.provider_id ? String(r.provider_id) : ''} current={r.provider} onChange={(id, provider) => change(n, { provider_id: Number(id), provider })} clearable={false} allowDeselect={false} disabled={readOnly} className="p-grow" />
            <Select aria-label={t('tier')} placeholder={t('tierAny')} data={tiers} value={r.tier ?? null} onChange={(tier) => change(n, { tier })} clearable disabled={readOnly} w={130} />
            {weighed && (
              <TextInput
                aria-label={t('weight')}
                value={String(r.weight ?? '')}
                onChange={(e) => change(n, { weight: Number(e.currentTarget.value.replace(/\D/g, '').slice(0, 5)) })}
                inputMode="numeric"
                disabled={readOnly}
                w={72}
                title={t('weight')}
              />
            )}
            {weighed && <span className="t-dim p-share">{t('share', { percent: format.percent(shareOf(routes, n), language) })}</span>}
            {!readOnly && (
              <Group gap={2} wrap="nowrap">
                {ordered && (
                  <>
                    <ActionIcon variant="subtle" color="gray" aria-label={t('routeUp', { name: nameOf(r) })} disabled={n === 0} onClick={() => set(moved(routes, n, -1))}>
                      <Icon name="up" size={16} />
                    </ActionIcon>
                    <ActionIcon variant="subtle" color="gray" aria-label={t('routeDown', { name: nameOf(r) })} disabled={n === routes.length - 1} onClick={() => set(moved(routes, n, 1))}>
                      <Icon name="down" size={16} />
                    </ActionIcon>
                  </>
                )}
                <ActionIcon variant="subtle" color="gray" aria-label={t('routeRemove', { name: nameOf(r) })} onClick={() => set(placed(routes.filter((_, i) => i !== n)))}>
                  <Icon name="close" size={16} />
                </ActionIcon>
              </Group>
            )}
          </li>
        ))}
      </ol>
      {!readOnly && (
        <Button variant="default" size="xs" mt={6} leftSection={<Icon name="plus" size={14} />} onClick={() => set(placed([...routes, { provider_id: 0, tier: null, weight: 1 }]))}>
          {t('routeAdd')}
        </Button>
      )}
    </Input.Wrapper>
  )
}
