import { format } from '../../ui'
import type { Language } from '../../i18n'
import { valueOf, type Measure } from './measures'
import type { Past } from './useMap'

/** written is a figure of a country as people read it; undefined: there is none. */
export function written(m: Measure, of: Past, language: Language): string | undefined {
  if (m === 'margin') return of.bids > 0 ? format.money(of.margin, 'sum', language) : undefined
  const value = valueOf(m, of)
  return value === undefined || of.bids === 0 ? undefined : plain(m, value, language)
}

/** plain writes a value of a measure, as a bound of its classes is. */
export function plain(m: Measure, value: number, language: Language): string {
  if (m === 'asr') return format.percent(value / 1e6, language)
  if (m === 'talk') return format.decimal(value / 60_000, value < 6_000_000 ? 1 : 0, language)
  return m === 'margin' ? format.decimal(value, 2, language) : format.count(value, language)
}
