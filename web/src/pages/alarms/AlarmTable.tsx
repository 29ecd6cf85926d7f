import { useEffect, useMemo } from 'react'
import { useForget, type RowOf } from '../../api'
import { DataTable, Empty, StatusBadge, When, type Column, type Filter } from '../../ui'
import { AlarmView } from './AlarmView'
import { useAlarmText } from './text'
import { useAlarmNews } from './useAlarmNews'
import { severities, severityTones, stateTones, useAlarmWords } from './words'

type Row = RowOf<'/alarms'>

export function AlarmTable() {
  const t = useAlarmText()
  const words = useAlarmWords()
  const columns = useColumns()
  const filters = useFilters()
  const forget = useForget()
  const news = useAlarmNews()
  useEffect(() => {
    if (news) void forget('/alarms')
  }, [news, forget])
  return (
    <DataTable<'/alarms'>
      label={t('title')}
      path="/alarms"
      columns={columns}
      filters={filters}
      rowKey={(a) => a.id}
      drawer={{ title: (a) => `${a.rule}: ${words.subject(a.by, a.name)}`, content: (a) => <AlarmView id={a.id} /> }}
      empty={
        <Empty title={t('none')} icon="check">
          {t('noneHelp')}
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
      { key: 'severity', title: t('severity'), width: 112, phoneWidth: 92, render: (a) => <StatusBadge status={a.severity} tone={severityTones[a.severity]}>{t(`sev_${a.severity}`)}</StatusBadge> },
      { key: 'rule', title: t('rule'), width: 200, phoneWidth: 110, grow: true },
      { key: 'subject', title: t('subject'), width: 190, phoneWidth: 130, render: (a) => words.subject(a.by, a.name) },
      { key: 'value', title: t('found'), width: 110, right: true, wide: true, render: (a) => <span className="t-num">{words.figure(a.value, a.unit)}</span> },
      { key: 'threshold', title: t('limit'), width: 170, wide: true, render: (a) => words.limit(a.condition, a.threshold, a.unit) },
      { key: 'state', title: t('alarmState'), width: 118, wide: true, render: (a) => <StatusBadge status={a.state} tone={stateTones[a.state]}>{t(`s_${a.state}`)}</StatusBadge> },
      { key: 'since', title: t('since'), width: 165, wide: true, render: (a) => <When at={a.since} /> },
      { key: 'acked_by', title: t('ackBy'), width: 140, wide: true },
      { key: 'measure', title: t('measure'), width: 150, hidden: true, render: (a) => words.measure(a.measure) },
      { key: 'fired_at', title: t('firedAt'), width: 165, hidden: true, render: (a) => <When at={a.fired_at} /> },
      { key: 'resolved_at', title: t('resolvedAt'), width: 165, hidden: true, render: (a) => <When at={a.resolved_at} /> },
    ],
    [t],
  )
}

function useFilters(): Filter[] {
  const t = useAlarmText()
  return useMemo(
    () => [
      { name: 'state', label: t('alarmState'), width: 200, options: (['open', 'pending', 'firing', 'resolved', 'all'] as const).map((value) => ({ value, label: t(`s_${value}`) })) },
      { name: 'severity', label: t('severity'), width: 130, options: severities.map((value) => ({ value, label: t(`sev_${value}`) })) },
      { name: 'acknowledged', label: t('acknowledged'), width: 150, options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      { name: 'rule_id', label: t('rule'), width: 190, from: { path: '/alarm-rules' } },
    ],
    [t],
  )
}
