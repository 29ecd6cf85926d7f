// Values as text. Money never becomes a floating-point number: its digits go to
// Intl as they came.
import { locale, type Language } from '../i18n/language'

const cache = new Map<string, Intl.NumberFormat>()

function numbers(language: Language, digits: number, style: Intl.NumberFormatOptions = {}) {
  const key = language + digits + JSON.stringify(style)
  let f = cache.get(key)
  if (!f) {
    f = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, ...style })
    cache.set(key, f)
  }
  return f
}

// What is rounded to nothing has no sign: "0.00", not "-0.00".
function write(value: number | Intl.StringNumericLiteral, language: Language, digits: number, style?: Intl.NumberFormatOptions) {
  const text = numbers(language, digits, style).format(value)
  return /[1-9]/.test(text) ? text : text.replace(/^[-\u2212]/, '')
}

const isDecimal = (text: string): text is Intl.StringNumericLiteral => /^-?\d+(\.\d+)?$/.test(text)

/** money writes a sum with two decimals, a rate with four. */
export function money(value: string, kind: 'sum' | 'rate' = 'sum', language = locale().language) {
  if (!isDecimal(value)) return value
  return write(value, language, kind === 'sum' ? 2 : 4, { roundingMode: 'halfExpand' } as Intl.NumberFormatOptions)
}

/** moneyExact writes every digit that is not a trailing zero. */
export function moneyExact(value: string, language = locale().language) {
  if (!isDecimal(value)) return value
  const digits = (value.split('.')[1] ?? '').replace(/0+$/, '').length
  return write(value, language, Math.max(2, digits))
}

export const count = (value: number, language = locale().language) => write(value, language, 0)
export const decimal = (value: number, digits: number, language = locale().language) => write(value, language, digits)

/** percent takes a share: 0.413 is 41.3 %. */
export function percent(share: number, language = locale().language) {
  return `${write(share * 100, language, 1)} %`
}

/** duration writes seconds as m:ss, from an hour on as h:mm:ss. */
export function duration(seconds: number) {
  const s = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

const dates = new Map<string, Intl.DateTimeFormat>()

function dateFormat(zone: string, language: Language, parts: 'full' | 'day' | 'clock' | 'short') {
  const key = `${zone} ${language} ${parts}`
  let f = dates.get(key)
  if (!f) {
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
    const day = { year: 'numeric', month: 'short', day: '2-digit' } as const
    const options = {
      full: { ...day, ...clock },
      day,
      clock,
      short: { month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const,
    }[parts]
    f = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { timeZone: zone, ...options })
    dates.set(key, f)
  }
  return f
}

export function time(iso: string | Date, parts: 'full' | 'day' | 'clock' | 'short' = 'full', zone = locale().zone, language = locale().language) {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? String(iso) : dateFormat(zone, language, parts).format(at)
}

/** offsetAt is how far a zone is ahead of UTC at a moment, in ms. */
function offsetAt(at: number, zone: string) {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(at)
  const n = (type: string) => Number(parts.find((p) => p.type === type)?.value)
  return Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'), n('second')) - Math.floor(at / 1000) * 1000
}

/** toInput writes a moment for <input type="datetime-local">, in a zone. */
export function toInput(iso: string, zone = locale().zone) {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? '' : new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16)
}

/** fromInput reads it back; a time that the clock skips becomes the one after. */
export function fromInput(text: string, zone = locale().zone) {
  const wall = Date.parse(`${text}Z`)
  if (Number.isNaN(wall)) return ''
  const guess = wall - offsetAt(wall, zone)
  return new Date(wall - offsetAt(guess, zone)).toISOString()
}

/** startOfDay is midnight in a zone, of the day that holds a moment. */
export function startOfDay(at: Date, zone = locale().zone) {
  return new Date(fromInput(`${toInput(at.toISOString(), zone).slice(0, 10)}T00:00`, zone))
}
