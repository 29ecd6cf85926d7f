// Rules: what is watched, when it is too much, who is told.
import { MultiSelect, Select } from '@mantine/core'
import { useMemo } from 'react'
import { useRead, type RowOf, type Schema } from '../../api'
import { useLocale } from '../../i18n'
import { Empty, Enabled, StatusBadge, type Column, type FormItem } from '../../ui'
import { Crud } from '../routing/Crud'
import { OnlyFields } from './OnlyFields'
import { ruleBody, ruleValues, type Only, type RuleValues } from './ruleForm'
import { silentFields } from './silentFields'
import { useAlarmText, type AlarmText } from './text'
import { Try } from './Try'
import { useMeasures } from './useMeasures'
import { conditions, measureNames, severities, severityTones, useAlarmWords } from './words'

type Row = RowOf<'/alarm-rules'>

export function Rules() {
  const t = useAlarmText()
  const { zone } = useLocale()
  const measures = useMeasures()
  const columns = useColumns()
  const fields = useFields(measures)
  const body = useMemo(() => ruleBody(measures), [measures])
  return (
    <Crud<'/alarm-rules', RuleValues>
      path="/alarm-rules"
      label={t('tabRules')}
      columns={columns}
      filters={[
        { name: 'severity', label: t('severity'), width: 130, options: severities.map((value) => ({ value, label: t(`sev_${value}`) })) },
        { name: 'enabled', label: t('enabled'), width: 130, options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      ]}
      search
      add={t('addRule')}
      addTitle={t('newRule')}
      title={(r) => r.name}
      fields={fields}
      valuesOf={(r) => ruleValues(zone, r)}
      bodyOf={body}
      deleting={() => t('deletingRule')}
      size="xl"
      empty={
        <Empty title={t('noRules')} icon="warning">
          {t('noRulesHelp')}
        </Empty>
      }
    />
  )
}

function useColumns(): Column<Row>[] {
  const t = useAlarmText()
  const words = useAlarmWords()
  return useMemo(
    () => [
      { key: 'name', title: t('name'), sort: true, width: 210, phoneWidth: 150, grow: true },
      { key: 'severity', title: t('severity'), width: 112, phoneWidth: 92, render: (r) => <StatusBadge status={r.severity ?? 'warning'} tone={r.enabled ? severityTones[r.severity ?? 'warning'] : 'off'}>{t(`sev_${r.severity ?? 'warning'}`)}</StatusBadge> },
      { key: 'measure', title: t('measure'), width: 180, wide: true, render: (r) => words.measure(r.measure) },
      { key: 'value', title: t('limit'), width: 170, wide: true, render: (r) => words.limit(r.condition, r.value, r.unit) },
      { key: 'each', title: t('each'), width: 170, wide: true, render: (r) => (r.each ?? []).map(words.what).join(', ') || <span className="t-dim">{t('everything')}</span> },
      { key: 'window_s', title: t('window'), width: 80, wide: true, right: true, render: (r) => words.span(r.window_s) },
      { key: 'channels', title: t('channels'), width: 150, hidden: true, render: (r) => r.channels.map((c) => c.name).join(', ') || <span className="t-dim">–</span> },
      { key: 'enabled', title: t('enabled'), width: 115, phoneWidth: 106, render: (r) => <Enabled value={r.enabled} /> },
    ],
    [t],
  )
}

// trying is no field of a rule: it stands among them to have what they hold.
const trying = 'try' as keyof RuleValues & string

const windows = [300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 7 * 86_400]
const waits = [0, 60, 120, 300, 600, 900, 1800, 3600, 3 * 3600]
const repeats = [0, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86_400]

function useFields(measures: Schema<'AlarmMeasure'>[]) {
  const t = useAlarmText()
  const words = useAlarmWords()
  const channels = useRead('/alarm-channels', { limit: 200 }).data?.items ?? []
  // A length of time that somebody set by the API stands among the usual ones.
  const spans = (name: keyof RuleValues & string, label: string, help: string | undefined, usual: number[], zero: string): FormItem<RuleValues> => ({
    name,
    label,
    render: ({ value, set, error, readOnly }) => (
      <Select label={label} description={help} error={error} disabled={readOnly} allowDeselect={false} data-field={name} data={[...new Set([...usual, Number(value)])].sort((a, b) => a - b).map((s) => ({ value: String(s), label: s === 0 ? zero : words.span(s) }))} value={String(value)} onChange={(to) => set(Number(to))} />
    ),
  })
  return (r?: Row): FormItem<RuleValues>[] => {
    const of = (v: RuleValues) => measures.find((m) => m.name === v.measure)
    const names = measures.length > 0 ? measures.map((m) => m.name) : [...measureNames]
    return [
      { name: 'name', label: t('name'), required: true },
      { name: 'severity', label: t('severity'), kind: 'select', required: true, options: severities.map((value) => ({ value, label: t(`sev_${value}`) })) },
      { name: 'enabled', label: t('enabled'), kind: 'switch', full: true },
      { section: t('what') },
      { name: 'measure', label: t('measure'), kind: 'select', required: true, options: names.map((value) => ({ value, label: words.measure(value) })) },
      {
        name: 'condition',
        label: t('condition'),
        render: ({ value, set, error, values, readOnly }) => (
          <Select label={t('condition')} error={error} disabled={readOnly} allowDeselect={false} data-field="condition" data={conditions.filter((c) => c === value || (of(values)?.conditions ?? conditions).includes(c)).map((c) => ({ value: c, label: t(`c_${c}` as AlarmText) }))} value={value as string} onChange={set} />
        ),
      },
      { name: 'value', label: t('value'), help: t('valueHelp'), kind: 'money', required: true },
      { name: 'clear', label: t('clear'), help: t('clearHelp'), kind: 'money' },
      spans('window_s', t('window'), undefined, windows, ''),
      { name: 'min_samples', label: t('minSamples'), help: t('minSamplesHelp'), kind: 'integer', required: true },
      { name: 'min_money', label: t('minMoney'), help: t('minMoneyHelp'), kind: 'money' },
      {
        name: 'each',
        label: t('each'),
        full: true,
        render: ({ value, set, error, values, readOnly }) => {
          const m = of(values)
          const each = m?.each_is_fixed ? m.each : (value as string[])
          return <MultiSelect label={t('each')} description={t('eachHelp')} error={error} disabled={readOnly || m?.each_is_fixed} data-field="each" data={[...new Set([...(m?.each ?? []), ...each])].map((d) => ({ value: d, label: words.what(d) }))} value={each} onChange={set} />
        },
      },
      { name: 'only', label: t('only'), full: true, render: ({ value, set, error, values, readOnly }) => <OnlyFields value={value as Only[]} set={set} error={error} may={of(values)?.only} readOnly={readOnly} /> },
      { section: t('when') },
      spans('for_s', t('forS'), t('forHelp'), waits, t('atOnce')),
      spans('clear_for_s', t('clearForS'), t('clearForHelp'), waits, t('atOnce')),
      { section: t('who') },
      {
        name: 'channel_ids',
        label: t('channels'),
        render: ({ value, set, error, readOnly }) => {
          const known = new Map([...(r?.channels ?? []), ...channels].map((c) => [String(c.id), c.name]))
          return <MultiSelect label={t('channels')} description={t('channelsHelp')} error={error} disabled={readOnly} data-field="channel_ids" data={[...known].map(([id, label]) => ({ value: id, label }))} value={(value as number[]).map(String)} onChange={(to) => set(to.map(Number))} searchable />
        },
      },
      spans('repeat_s', t('repeat'), t('repeatHelp'), repeats, t('never')),
      ...silentFields<RuleValues>(t),
      { name: 'comment', label: t('comment'), full: true },
      { name: trying, label: t('try'), full: true, render: ({ values }) => <Try body={ruleBody(measures)(values)} unit={of(values)?.unit ?? r?.unit ?? 'count'} /> },
    ]
  }
}
