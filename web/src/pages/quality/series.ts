// Points in time as graphs have them.
import type { Figures } from './measures'

export const grains = ['5m', 'hour', 'day'] as const
export type Grain = (typeof grains)[number]
export const isGrain = (text: string | null): text is Grain => (grains as readonly string[]).includes(text ?? '')

const step: Record<Grain, number> = { '5m': 300, hour: 3600, day: 86_400 }

export type Moment = { at: number; time: { from: string; to: string }; now?: Figures; before?: Figures }

type Told = { grain: string; at: string[]; before_at?: string[]; lines: { points: (Figures | null)[]; before?: (Figures | null)[] }[] }

/** momentsOf puts the points of a line beside those of the other time. */
export function momentsOf(data: Told, line = 0): Moment[] {
  const of = data.lines[line]
  if (!of) return []
  const length = step[data.grain as Grain] * 1000
  return data.at.map((from, n) => ({
    at: Math.floor(Date.parse(from) / 1000),
    time: { from, to: new Date(Date.parse(from) + length).toISOString() },
    now: of.points[n] ?? undefined,
    before: of.before?.[n] ?? undefined,
  }))
}
