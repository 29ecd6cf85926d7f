// What the map is coloured by, and into which classes it falls. What is good, what is
// to be looked at and what is bad the operator says (thresholds of quality); amounts
// fall into as many classes as there are countries to tell apart.
import type { Past } from './useMap'

export const measures = ['bids', 'asr', 'talk', 'margin'] as const
export type Measure = (typeof measures)[number]
export const measureOf = (text: string | null): Measure => ((measures as readonly string[]).includes(text ?? '') ? (text as Measure) : 'bids')

/** A class: amounts from 1 (least) to 5, or a grade. "none": there is nothing to tell. */
export type Class = 1 | 2 | 3 | 4 | 5 | 'good' | 'warn' | 'bad' | 'small' | 'loss' | 'none'

export type Threshold = { warn: number | null; bad: number | null }

/** least is how many seizures an ASR must be of to mean something. */
export const least = 30

/** valueOf is a figure as a number: of shares millionths. */
export function valueOf(m: Measure, of: Past): number | undefined {
  switch (m) {
    case 'bids':
      return of.bids
    case 'asr':
      return of.asr?.share
    case 'talk':
      return of.talk_ms
    case 'margin':
      return Number(of.margin)
  }
}

/** classesOf gives every country its class, and tells where one class ends. */
export function classesOf(m: Measure, list: Past[], threshold?: Threshold): { of: (country: Past) => Class; bounds: number[] } {
  if (m === 'asr' && threshold && (threshold.warn !== null || threshold.bad !== null)) return { of: (c) => gradeOf(c, threshold), bounds: [] }
  const values = list
    .filter((c) => m !== 'asr' || (c.asr?.of ?? 0) >= least)
    .map((c) => valueOf(m, c))
    .filter((v): v is number => v !== undefined && v > 0)
  const bounds = quantiles(values, 5)
  return {
    bounds,
    of: (c) => {
      const value = valueOf(m, c)
      if (m === 'asr' && c.asr && c.asr.of < least) return 'small'
      if (value === undefined || value === 0) return 'none'
      if (value < 0) return 'loss'
      return (1 + bounds.filter((b) => value >= b).length) as Class
    },
  }
}

function gradeOf(c: Past, { warn, bad }: Threshold): Class {
  if (!c.asr) return 'none'
  if (c.asr.of < least) return 'small'
  if (bad !== null && c.asr.share < bad) return 'bad'
  return warn !== null && c.asr.share < warn ? 'warn' : 'good'
}

/** quantiles are the bounds of n classes of the same size; equal values stay together. */
export function quantiles(values: number[], n: number): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const bounds = Array.from({ length: n - 1 }, (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / n)])
  return [...new Set(bounds)].filter((b): b is number => b !== undefined && b > (sorted[0] ?? 0))
}
