// What a reader has asked for, in the address: the same on every page of quality, so
// that one goes from table to graph to causes and keeps what one looks at.
import { useMemo } from 'react'
import { useRange, useUrl, type Range } from '../../ui'

/** What figures are told by, and picked by. */
export const dimensions = ['provider', 'tier', 'gate', 'server', 'account', 'country', 'prefix', 'network'] as const
export type Dimension = (typeof dimensions)[number]

/** what is counted together; the rest of the dimensions go together, too. */
const together: Partial<Record<Dimension, Dimension[]>> = { account: ['account', 'country'], server: ['server', 'provider', 'tier', 'gate'] }

export const tiers = ['noncli', 'cli', 'premium'] as const

/** The time that figures are compared with. */
export type Versus = 'none' | 'before' | 'day' | 'week' | 'own'
export const versuses: Versus[] = ['none', 'before', 'day', 'week', 'own']

export type Where = Partial<Record<Dimension, string>>

export type Asked = {
  range: Range
  where: Where
  versus: Versus
  /** from, to and filters, as the API names them */
  query: Record<string, string>
  /** the same with the other time */
  compared: Record<string, string>
}

/** names of the address that belong to a view of quality. */
export const sharedNames = [...dimensions, 'range', 'from', 'to', 'vs', 'vs_from']

/** useAsked reads the address. */
export function useAsked(): Asked {
  const [params] = useUrl()
  const range = useRange('24h')
  return useMemo(() => askedOf(params, range), [params, range])
}

/** askedOf is what the address asks for. */
export function askedOf(params: URLSearchParams, range: Range, now = Date.now()): Asked {
  const where: Where = {}
  for (const d of dimensions) {
    const value = params.get(d)
    if (value) where[d] = value
  }
  const vs = params.get('vs') as Versus
  const own = params.get('vs_from') ?? ''
  const versus = versuses.includes(vs) && (vs !== 'own' || [own, range.from, range.to ?? range.from].every(isTime)) ? vs : 'none'
  const query: Record<string, string> = { from: range.from, ...where }
  if (range.to) query.to = range.to
  const other: Record<string, string> =
    versus === 'own' ? { compare_from: own, compare_to: later(own, lengthOf(range, now)) } : versus === 'none' ? {} : { compare: versus }
  // The other time is as long as this one: it has an end.
  if (versus === 'own') query.to ??= later(range.from, lengthOf(range, now))
  return { range, where, versus, query, compared: { ...query, ...other } }
}

const isTime = (text: string) => !Number.isNaN(Date.parse(text))
const later = (iso: string, ms: number) => new Date(Date.parse(iso) + ms).toISOString()

/** lengthOf is how long a range is, in ms. */
export const lengthOf = (range: Pick<Range, 'from' | 'to'>, now = Date.now()) => Math.max(60_000, (range.to ? Date.parse(range.to) : Math.floor(now / 60_000) * 60_000) - Date.parse(range.from))

/** byOf reads what lines are told by; what is not counted together with the rest of it, or with what is picked, is left out. */
export function byOf(text: string | null, usual: Dimension[], where: Where = {}): Dimension[] {
  const list = (text ?? '').split(',').filter((d, n, all): d is Dimension => (dimensions as readonly string[]).includes(d) && all.indexOf(d) === n)
  for (const wanted of [list, usual, dimensions.filter((d) => d === 'country' || d === 'provider')]) {
    const fit = told(wanted, where).reduce<Dimension[]>((kept, d) => (fitting(kept, d).length === kept.length ? [...kept, d] : kept), [])
    if (fit.length > 0) return fit
  }
  return usual // what is picked does not go together itself: the API says so
}

/** fitting is what stays of a choice when a dimension is added: not all are counted together. */
export function fitting(list: readonly Dimension[], added: Dimension): Dimension[] {
  return list.filter((d) => (together[added] ?? dimensions).includes(d) && (together[d] ?? dimensions).includes(added))
}

/** picked are the dimensions of a filter. */
export const picked = (where: Where) => dimensions.filter((d) => where[d])

/** told is what of a choice lines can be told by with a filter. */
export const told = <D extends Dimension>(list: readonly D[], where: Where): D[] => list.filter((d) => picked(where).every((p) => fitting([p], d).length > 0))

/** whole is what was asked for with the time that an answer is of: whole buckets, not the minute. */
export const whole = (asked: Asked, of: { from: string; to: string } | undefined): Asked => (of ? { ...asked, range: { ...asked.range, from: of.from, to: of.to } } : asked)

/** heatFits: it is of providers over destinations. */
export const heatFits = (where: Where) => told(['provider', 'country'], where).length === 2

/** causesBy is what causes are told by, and picked by. */
export const causesBy = ['provider', 'tier', 'country'] as const
export const causesFit = (where: Where) => picked(where).every((d) => (causesBy as readonly string[]).includes(d))

/** shared is the part of an address that goes along to another page of quality. */
export function shared(params: URLSearchParams): string {
  const kept = new URLSearchParams()
  for (const name of sharedNames) {
    const value = params.get(name)
    if (value) kept.set(name, value)
  }
  return kept.toString()
}

/** unknown stands for what is not known, where an empty value would mean any. */
export const unknown = '-'

/** addressOf is a page of quality with some names changed. */
export function addressOf(path: string, params: URLSearchParams, changes: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams(shared(params))
  const left = path === '/quality/causes' ? dimensions.filter((d) => !(causesBy as readonly string[]).includes(d)) : []
  for (const [name, value] of Object.entries(changes)) {
    if (value !== undefined) query.set(name, value || unknown)
    else query.delete(name)
  }
  for (const name of left) query.delete(name) // causes do not know it
  const text = query.toString()
  return text ? `${path}?${text}` : path
}
