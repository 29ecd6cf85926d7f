// The form of a rule.
import type { Schema } from '../../api'

type Rule = Schema<'AlarmRule'>
type Measure = Schema<'AlarmMeasure'>
export type Only = Schema<'Only'>
export type RuleValues = {
  name: string
  measure: string
  condition: Rule['condition']
  value: string
  clear: string
  each: string[]
  only: Only[]
  window_s: number
  for_s: number
  clear_for_s: number
  min_samples: number
  min_money: string
  repeat_s: number
  severity: 'info' | 'warning' | 'critical'
  silent_from: string
  silent_to: string
  silent_zone: string
  channel_ids: number[]
  comment: string
  enabled: boolean
}

export const ruleValues = (zone: string, r?: Rule): RuleValues => ({
  name: r?.name ?? '',
  measure: r?.measure ?? 'asr',
  condition: r?.condition ?? 'below',
  value: r?.value ?? '',
  clear: r?.clear ?? '',
  each: r?.each ?? [],
  only: r?.only ?? [],
  window_s: r?.window_s ?? 1800,
  for_s: r?.for_s ?? 300,
  clear_for_s: r?.clear_for_s ?? 300,
  min_samples: r?.min_samples ?? 30,
  min_money: r?.min_money ?? '0',
  repeat_s: r?.repeat_s ?? 0,
  severity: r?.severity ?? 'warning',
  silent_from: r?.silent_from ?? '',
  silent_to: r?.silent_to ?? '',
  silent_zone: r?.silent_zone ?? zone,
  channel_ids: r?.channel_ids ?? [],
  comment: r?.comment ?? '',
  enabled: r?.enabled ?? true,
})

/** ruleBody: what a measure is always told by is not chosen. */
export const ruleBody = (measures: Measure[]) => (v: RuleValues) => {
  const m = measures.find((m) => m.name === v.measure)
  return { ...v, clear: v.clear === '' ? null : v.clear, min_money: v.min_money === '' ? '0' : v.min_money, each: m?.each_is_fixed ? m.each : v.each }
}
