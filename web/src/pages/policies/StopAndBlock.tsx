// Stop rules and the block list.
import { useMemo } from 'react'
import type { RowOf } from '../../api'
import { useLocale } from '../../i18n'
import { Empty, StatusBadge, type Column, type FormItem } from '../../ui'
import { useNumberTypes } from '../../ui/places'
import { Cause } from '../calls/values'
import { Crud } from '../routing/Crud'
import { placeOf, type PlaceMatch } from './match'
import { placeFields, placeWords } from './placeFields'
import { usePolicies } from './text'

type StopRule = RowOf<'/stop-rules'>
type StopValues = { provider_id?: number; sip_status?: number; cause?: number; rang: 'any' | 'yes' | 'no'; stop: boolean; release_cause?: number; comment: string }

const rangs = ['any', 'yes', 'no'] as const
const rangOf = (rang: boolean | null | undefined) => (rang === true ? 'yes' : rang === false ? 'no' : 'any')

export const stopValues = (r?: StopRule): StopValues => ({ provider_id: r?.provider_id ?? undefined, sip_status: r?.sip_status ?? undefined, cause: r?.cause ?? undefined, rang: rangOf(r?.rang), stop: r?.stop ?? true, release_cause: r?.release_cause ?? undefined, comment: r?.comment ?? '' })

export const stopBody = ({ rang, ...v }: StopValues) => ({ ...v, rang: rang === 'any' ? null : rang === 'yes', release_cause: v.stop ? v.release_cause : undefined })

export function StopRuleTable() {
  const t = usePolicies()
  const columns = useMemo<Column<StopRule>[]>(
    () => [
      { key: 'answer', title: t('answer'), width: 210, grow: true, render: (r) => <After rule={r} /> },
      { key: 'provider', title: t('provider'), width: 150, wide: true, render: (r) => r.provider || <span className="t-dim">{t('providerAny')}</span> },
      { key: 'stop', title: t('then'), width: 190, render: (r) => <StatusBadge status="x" tone={r.stop ? 'bad' : 'busy'}>{t(`stop_${r.stop}` as 'stop_true')}</StatusBadge> },
      { key: 'release_cause', title: t('release'), width: 200, wide: true, render: (r) => <Cause value={r.release_cause ?? undefined} /> },
      { key: 'comment', title: t('comment'), width: 220, wide: true },
      { key: 'id', title: 'ID', sort: true, width: 70, right: true, hidden: true },
    ],
    [t],
  )
  const fields = (r?: StopRule): FormItem<StopValues>[] => [
    { section: t('answer') },
    { name: 'sip_status', label: t('sipStatus'), help: t('sipStatusHelp'), kind: 'integer' },
    { name: 'cause', label: t('cause'), help: t('causeHelp'), kind: 'integer' },
    { name: 'rang', label: t('rang'), help: t('rangHelp'), kind: 'select', options: rangs.map((value) => ({ value, label: t(`rang_${value}`) })), required: true },
    { name: 'provider_id', label: t('provider'), help: t('providerAny'), kind: 'reference', path: '/providers', current: r?.provider || undefined },
    { section: t('then') },
    { name: 'stop', label: t('stop'), help: t('stopHelp'), kind: 'switch' },
    { name: 'release_cause', label: t('release'), help: t('releaseHelp'), kind: 'integer', show: (v) => v.stop },
    { name: 'comment', label: t('comment'), full: true },
  ]
  return (
    <Crud<'/stop-rules', StopValues>
      path="/stop-rules"
      label={t('stopRules')}
      columns={columns}
      search
      add={t('addStopRule')}
      addTitle={t('newStopRule')}
      title={(r) => <After rule={r} />}
      fields={fields}
      valuesOf={stopValues}
      bodyOf={stopBody}
      deleting={() => t('deletingStopRule')}
      empty={
        <Empty title={t('noStopRules')} icon="stop">
          {t('noStopRulesHelp')}
        </Empty>
      }
    />
  )
}

function After({ rule }: { rule: StopRule }) {
  const t = usePolicies()
  const words = [rule.sip_status && `SIP ${rule.sip_status}`, rule.cause && `Q.850 ${rule.cause}`, rule.rang === true && t('rang_yes'), rule.rang === false && t('rang_no')].filter(Boolean)
  return <>{words.join(', ') || t('anyAnswer')}</>
}

type Block = RowOf<'/blocks'>
type BlockValues = PlaceMatch & { side: 'A' | 'B'; prefix: string; account_id?: number; comment: string }

export const blockValues = (b?: Block): BlockValues => ({ side: b?.side ?? 'B', prefix: b?.prefix ?? '', ...placeOf(b), account_id: b?.account_id ?? undefined, comment: b?.comment ?? '' })

export function BlockTable() {
  const t = usePolicies()
  const sides = (['A', 'B'] as const).map((value) => ({ value, label: `${value}: ${t(`side_${value}`)}` }))
  const columns = useMemo<Column<Block>[]>(
    () => [
      { key: 'prefix', title: t('prefix'), sort: true, width: 260, phoneWidth: 150, grow: true, render: (b) => <Blocked of={b} /> },
      { key: 'side', title: t('side'), sort: true, width: 150, render: (b) => t(`side_${b.side}`) },
      { key: 'account', title: t('forWhom'), width: 170, render: (b) => b.account || t('everybody') },
      { key: 'comment', title: t('comment'), width: 260, wide: true },
    ],
    [t],
  )
  const fields = (b?: Block): FormItem<BlockValues>[] => [
    { name: 'side', label: t('side'), help: t('sideHelp'), kind: 'select', options: sides, required: true },
    { name: 'prefix', label: t('prefix'), help: t('blockPrefixHelp'), placeholder: '882', check: (v, all) => (v || all.types?.length || all.countries?.length || all.regions?.length ? undefined : t('blockNothing')) },
    { name: 'account_id', label: t('forWhom'), help: t('accountHelp'), kind: 'reference', path: '/accounts', current: b?.account || undefined },
    ...placeFields<BlockValues>(t),
    { name: 'comment', label: t('comment'), full: true },
  ]
  return (
    <Crud<'/blocks', BlockValues>
      path="/blocks"
      label={t('blocks')}
      columns={columns}
      filters={[{ name: 'side', label: t('side'), options: sides }]}
      search
      add={t('addBlock')}
      addTitle={t('newBlock')}
      title={(b) => <>{t(`side_${b.side}`)} <Blocked of={b} /></>}
      fields={fields}
      valuesOf={blockValues}
      deleting={() => t('deletingBlock')}
      empty={
        <Empty title={t('noBlocks')} icon="lock">
          {t('noBlocksHelp')}
        </Empty>
      }
    />
  )
}

// Blocked says which numbers a row is for.
function Blocked({ of }: { of: Block }) {
  const say = useNumberTypes()
  const { language } = useLocale()
  return <>{[of.prefix && `${of.prefix}…`, ...placeWords(of, say, language)].filter(Boolean).join(', ')}</>
}
