// What alarms and their rules say, in the reader's language.
import type { Schema } from '../../api'
import { useLocale, type Language } from '../../i18n'
import { format, type Tone } from '../../ui'
import { international } from '../../ui/countries'
import { countryName } from '../../ui/countryName'
import { useAlarmText, type AlarmText } from './text'

export type Alarm = Schema<'Alarm'>
export type Unit = Alarm['unit']
export type Condition = Alarm['condition']
export const conditions: Condition[] = ['below', 'above', 'drop', 'rise']
export const severities = ['info', 'warning', 'critical'] as const
export const severityTones: Record<(typeof severities)[number], Tone> = { info: 'busy', warning: 'warn', critical: 'bad' }
export const stateTones: Record<Alarm['state'], Tone> = { pending: 'busy', firing: 'bad', resolved: 'good' }

/** what an alarm is about, in the order in which it is told. */
const order = ['account', 'provider', 'tier', 'gate', 'server', 'country', 'prefix', 'network', 'b_number', 'a_number'] as const
export const dimensions = ['provider', 'tier', 'gate', 'server', 'account', 'country', 'prefix', 'network'] as const
export type Dimension = (typeof dimensions)[number]

/** figure writes a decimal of the API with its unit. */
export function figure(value: string, unit: Unit, t: ReturnType<typeof useAlarmText>, language: Language, asSet = false): string {
  const n = Number(value)
  // A limit is shown as somebody wrote it.
  const one = asSet && Number.isInteger(n) ? 0 : 1
  switch (unit) {
    case 'percent':
      return `${format.decimal(n, one, language)} %`
    case 'seconds':
      return Math.abs(n) < 1 ? t('inMs', { value: format.decimal(n * 1000, 0, language) }) : t('inS', { value: format.decimal(n, one, language) })
    case 'money':
      return asSet && Number.isInteger(n) ? format.decimal(n, 0, language) : format.money(value, 'sum', language)
    case 'score':
      return format.decimal(n, 2, language)
    default:
      return format.decimal(n, Number.isInteger(n) ? 0 : 1, language)
  }
}

export type Words = ReturnType<typeof useAlarmWords>

/** useAlarmWords says measures, limits, subjects and times. */
export function useAlarmWords() {
  const t = useAlarmText()
  const { language } = useLocale()
  const limit = (condition: Condition, threshold: string, unit: Unit) => t(condition, { value: figure(threshold, condition === 'drop' || condition === 'rise' ? 'percent' : unit, t, language, true) })
  const value = (what: string, raw: string, names: Record<string, string>) => {
    if (names[what]) return names[what]
    if (!raw || (raw === '0' && what !== 'prefix')) return `${t(`w_${what}` as AlarmText)}: ${t('none_of')}`
    if (what === 'country') return countryName(raw, language)
    return what.endsWith('_number') ? international(raw) : raw
  }
  return {
    measure: (name: string) => (isMeasure(name) ? t(`m_${name}` as AlarmText) : name),
    limit,
    figure: (v: string, unit: Unit) => figure(v, unit, t, language),
    what: (d: string) => ((order as readonly string[]).includes(d) ? t(`w_${d}` as AlarmText) : d),
    subject: (by: Record<string, string>, names: Record<string, string>) =>
      order
        .filter((what) => what in by)
        .map((what) => value(what, by[what]!, names))
        .join(', ') || t('everything'),
    span: (seconds: number) => (seconds % 86_400 === 0 && seconds > 0 ? t('days', { count: seconds / 86_400 }) : seconds % 3600 === 0 && seconds > 0 ? t('h', { count: seconds / 3600 }) : seconds % 60 === 0 ? t('min', { count: seconds / 60 }) : t('s', { count: seconds })),
  }
}

export const measureNames = ['asr', 'ner', 'abr', 'acd', 'pdd_p50', 'pdd_p95', 'short_share', 'route_failures', 'our_failures', 'mos', 'loss', 'jitter', 'silent_share', 'margin', 'cost', 'sale', 'spend', 'bids', 'answers', 'minutes', 'short_calls', 'live_calls', 'calls_to_number', 'calls_from_number', 'false_answers'] as const
const isMeasure = (name: string) => (measureNames as readonly string[]).includes(name)

/** within is a path of this console, and of nothing else. */
export const within = (link: string) => /^\/(?!\/)/.test(link)
