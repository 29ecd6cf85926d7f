// The measures: how each is written, which way is better, what it is a share of.
import { format } from '../../ui'
import type { Language } from '../../i18n'

/** Share is a ratio of counts with its 95 % interval, all in millionths. */
export type Share = { share: number; low: number; high: number; of: number }

export type Blame = { caller: number; called: number; route: number; us: number }

/** Figures are the measures of one line, as the API writes them. What cannot be told is missing. */
export type Figures = {
  bids: number
  seizures: number
  effective: number
  answers: number
  abr?: Share
  asr?: Share
  ner?: Share
  short?: Share
  acd_ms?: number
  pdd_p50_ms?: number
  pdd_p95_ms?: number
  talk_ms: number
  cost: string
  sale: string
  margin: string
  margin_share?: number
  blame: Blame
  /** millionths of packets, microseconds, hundredths of a point; of media that passed Asterisk */
  loss?: number
  jitter_us?: number
  mos?: number
  silent?: Share
  /** measures of too few attempts to mean anything */
  small?: string[]
  /** by measure: warn or bad */
  levels?: Record<string, string>
}

/** as the API names them. */
export const measures = ['asr', 'ner', 'abr', 'short', 'acd', 'pdd_p50', 'pdd_p95', 'bids', 'seizures', 'effective', 'answers', 'talk', 'cost', 'sale', 'margin', 'margin_share', 'blame_caller', 'blame_called', 'blame_route', 'blame_us', 'loss', 'jitter', 'mos', 'silent'] as const
export type Measure = (typeof measures)[number]
export const isMeasure = (text: string | null): text is Measure => (measures as readonly string[]).includes(text ?? '')

type About = {
  kind: 'share' | 'count' | 'seconds' | 'ms' | 'minutes' | 'money' | 'score'
  /** which way is better; without it, neither is */
  better?: 'high' | 'low'
  /** as a number: shares from 0 to 1, times in seconds, sums in the base currency */
  value: (f: Figures) => number | undefined
  /** the interval that holds the true share */
  share?: (f: Figures) => Share | undefined
  /** the decimal text, where it is a sum */
  sum?: (f: Figures) => string
}

const ofShare = (name: 'abr' | 'asr' | 'ner' | 'short' | 'silent', better: 'high' | 'low'): About => ({ kind: 'share', better, value: (f) => f[name] && f[name].share / 1e6, share: (f) => f[name] })
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000)
const ofSum = (name: 'cost' | 'sale' | 'margin', better?: 'high'): About => ({ kind: 'money', better, value: (f) => Number(f[name]), sum: (f) => f[name] })
const count = (name: 'bids' | 'seizures' | 'effective' | 'answers'): About => ({ kind: 'count', value: (f) => f[name] })
const blamed = (who: keyof Blame, better?: 'low'): About => ({ kind: 'share', better, value: (f) => (f.bids > 0 ? f.blame[who] / f.bids : undefined), share: (f) => wilson(f.blame[who], f.bids) })

export const about: Record<Measure, About> = {
  asr: ofShare('asr', 'high'),
  ner: ofShare('ner', 'high'),
  abr: ofShare('abr', 'high'),
  short: ofShare('short', 'low'),
  acd: { kind: 'seconds', better: 'high', value: (f) => seconds(f.acd_ms) },
  pdd_p50: { kind: 'seconds', better: 'low', value: (f) => seconds(f.pdd_p50_ms) },
  pdd_p95: { kind: 'seconds', better: 'low', value: (f) => seconds(f.pdd_p95_ms) },
  bids: count('bids'),
  seizures: count('seizures'),
  effective: count('effective'),
  answers: count('answers'),
  talk: { kind: 'minutes', value: (f) => f.talk_ms / 60_000 },
  cost: ofSum('cost'),
  sale: ofSum('sale'),
  margin: ofSum('margin', 'high'),
  margin_share: { kind: 'share', better: 'high', value: (f) => (f.margin_share === undefined ? undefined : f.margin_share / 1e6) },
  blame_caller: blamed('caller'),
  blame_called: blamed('called'),
  blame_route: blamed('route', 'low'),
  blame_us: blamed('us', 'low'),
  loss: { kind: 'share', better: 'low', value: (f) => (f.loss === undefined ? undefined : f.loss / 1e6) },
  jitter: { kind: 'ms', better: 'low', value: (f) => (f.jitter_us === undefined ? undefined : f.jitter_us / 1000) },
  mos: { kind: 'score', better: 'high', value: (f) => (f.mos === undefined ? undefined : f.mos / 100) },
  silent: ofShare('silent', 'low'),
}

/** wilson is the 95 % interval of a share, by E. B. Wilson (1927). */
export function wilson(part: number, of: number): Share | undefined {
  if (of <= 0) return undefined
  const z = 1.959964
  const p = part / of
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const half = (z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of)
  const millionths = (v: number) => Math.round(Math.min(1, Math.max(0, v)) * 1e6)
  return { share: millionths(p), low: millionths(middle - half), high: millionths(middle + half), of }
}

/** written is a figure as people read it, without its unit. */
export function written(m: Measure, f: Figures, language: Language): string | undefined {
  const value = about[m].value(f)
  if (value === undefined) return undefined
  const sum = about[m].sum?.(f)
  if (sum !== undefined) return format.money(sum, 'sum', language)
  return plain(m, value, language)
}

/** plain writes a value of a measure that came as a number. */
export function plain(m: Measure, value: number, language: Language): string {
  switch (about[m].kind) {
    case 'share':
      return format.percent(value, language)
    case 'seconds':
      return format.decimal(value, m === 'acd' ? 0 : 2, language)
    case 'ms':
      return format.decimal(value, 1, language)
    case 'score':
      return format.decimal(value, 2, language)
    case 'minutes':
      return format.decimal(value, value < 100 ? 1 : 0, language)
    case 'money':
      return format.decimal(value, 2, language)
    default:
      return format.count(Math.round(value), language)
  }
}
