// How good a figure is. The API judges, by thresholds that the operator sets and only
// where there are enough attempts; here its words are read.
import { about, type Figures, type Measure } from './measures'

/** Watched are the measures that have a threshold. */
export type Watched = ReadonlySet<string>

export type Grade = 'good' | 'warn' | 'bad' | 'small' | 'none'

export function gradeOf(m: Measure, f: Figures, watched: Watched): Grade {
  if (about[m].value(f) === undefined) return 'none'
  if (f.small?.includes(m)) return 'small'
  const level = f.levels?.[m]
  if (level === 'bad' || level === 'warn') return level
  return watched.has(m) ? 'good' : 'none'
}

export type Change = {
  /** of shares in points of 1, of sums in the base currency, of the rest as a part of what it was */
  by: number
  unit: 'points' | 'sum' | 'part'
  /** when it is more than chance: better, worse, up, down */
  sure?: string
}

/** changeOf compares a figure with that of another time; verdicts are the API's. */
export function changeOf(m: Measure, now: Figures, before: Figures | undefined, verdicts?: Record<string, string>): Change | undefined {
  if (!before) return undefined
  const [is, was] = [about[m].value(now), about[m].value(before)]
  if (is === undefined || was === undefined) return undefined
  const unit = about[m].kind === 'share' ? 'points' : about[m].kind === 'money' ? 'sum' : 'part'
  if (unit === 'part' && was === 0) return undefined
  return { by: unit === 'part' ? (is - was) / was : is - was, unit, sure: verdicts?.[m] }
}
