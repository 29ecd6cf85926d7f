// A replay is asked for: which calls, and what is tried on them.
import { ActionIcon, Group, Input } from '@mantine/core'
import { useState } from 'react'
import { post, useForget, type RowOf, type Schema } from '../../api'
import { FieldForm, Icon, Reference, type FormItem } from '../../ui'
import type { PolicyRoute } from '../policies/match'
import { PolicyRoutes } from '../policies/PolicyRoutes'
import { usePolicies } from '../policies/text'
import { replayBody, replayValues, type ReplayValues, type Request } from './request'
import { useReplays } from './text'

const kinds = ['least_cost', 'priority', 'share', 'band_share'] as const

export function NewReplay({ like, deck, onMade, close }: { like?: Request; deck?: number; onMade: (id: number) => void; close: () => void }) {
  const t = useReplays()
  const p = usePolicies()
  const forget = useForget()
  const [initial] = useState(() => replayValues(Math.floor(Date.now() / 60_000) * 60_000, like, deck))
  const draft = (v: ReplayValues) => v.policy_of === 'draft'
  const fields: FormItem<ReplayValues>[] = [
    { section: t('calls'), help: t('callsHelp') },
    { name: 'from', label: t('from'), kind: 'moment', required: true },
    { name: 'to', label: t('to'), kind: 'moment', required: true },
    { name: 'account_id', label: t('account'), help: t('accountHelp'), kind: 'reference', path: '/accounts' },
    { name: 'sample', label: t('sample'), help: t('sampleHelp'), kind: 'integer' },
    { section: t('tried') },
    { name: 'decks', label: t('decks'), full: true, render: ({ value, set, error }) => <Decks value={value as number[]} set={set} error={error} /> },
    { name: 'policy_of', label: t('policyOf'), kind: 'select', required: true, full: true, options: (['asNow', 'known', 'draft'] as const).map((value) => ({ value, label: t(`policyOf_${value}`) })) },
    { name: 'policy_id', label: t('policy'), kind: 'reference', path: '/policies', required: true, full: true, show: (v) => v.policy_of === 'known' },
    { name: 'kind', label: p('kind'), kind: 'select', required: true, full: true, show: draft, options: kinds.map((value) => ({ value, label: `${p(`kind_${value}`)}: ${p(`kindHelp_${value}`)}` })) },
    { name: 'min_tier', label: p('minTier'), help: p('minTierHelp'), kind: 'select', show: draft, options: ['noncli', 'cli', 'premium'].map((value) => ({ value, label: value })) },
    { name: 'band_percent', label: p('band'), help: p('bandHelp'), kind: 'money', unit: '%', show: (v) => draft(v) && v.kind === 'band_share' },
    { name: 'routes', label: p('routes'), full: true, show: (v) => draft(v) && v.kind !== 'least_cost', render: ({ value, set, error, values }) => <PolicyRoutes kind={values.kind} routes={value as PolicyRoute[]} set={set} error={error} /> },
    { name: 'at', label: t('at'), help: t('atHelp'), kind: 'moment' },
  ]
  return (
    <FieldForm<ReplayValues>
      initial={initial}
      fields={fields}
      verb={t('run')}
      saidSaved=""
      onCancel={close}
      save={(v) => post('/replays', { body: replayBody(v) })}
      onSaved={(answer) => {
        void forget('/replays')
        onMade((answer as Schema<'ReplayJob'>).id)
      }}
    />
  )
}

const nameOf = (d: RowOf<'/decks'>) => `${d.id} · ${[d.provider ?? d.tariff, d.tier].filter(Boolean).join(' · ')}`

function Decks({ value, set, error }: { value: number[]; set: (to: number[]) => void; error?: string }) {
  const t = useReplays()
  const [names, setNames] = useState<Record<number, string>>({})
  return (
    <Input.Wrapper label={t('decks')} description={t('decksHelp')} error={error} labelElement="div">
      {value.map((id) => (
        <Group key={id} gap={4} wrap="nowrap">
          <span>{names[id] ?? t('draftDeck', { id: String(id) })}</span>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('dropDeck', { id: String(id) })} onClick={() => set(value.filter((other) => other !== id))}>
            <Icon name="close" size={14} />
          </ActionIcon>
        </Group>
      ))}
      <Reference
        key={value.join()}
        path="/decks"
        query={{ status: 'draft' }}
        labelOf={nameOf}
        aria-label={t('addDeck')}
        placeholder={t('addDeck')}
        value=""
        onChange={(to, label) => {
          const id = Number(to)
          if (!id || value.includes(id)) return
          setNames({ ...names, [id]: label })
          set([...value, id])
        }}
      />
    </Input.Wrapper>
  )
}
