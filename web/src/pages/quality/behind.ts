// Where the attempts are that stand behind a figure.
import { unknown, type Where } from './asked'
import type { Measure } from './measures'

type Time = { from: string; to?: string }

/** what of a line a measure counts. */
const counted: Partial<Record<Measure, Record<string, string>>> = {
  answers: { result: 'answered' },
  acd: { result: 'answered' },
  short: { result: 'answered' },
  talk: { result: 'answered' },
  blame_caller: { blame: 'caller' },
  blame_called: { blame: 'called' },
  blame_route: { blame: 'route' },
  blame_us: { blame: 'us' },
}

/** names that the list of attempts has for what figures are told by. */
const names: Record<string, string> = { provider: 'provider_id', gate: 'gate_id', account: 'account_id' }

/** behind is the list of attempts of a figure: its time, what it is of, what it counts. */
export function behind(time: Time, where: Where, by: Record<string, string> = {}, m?: Measure, more: Record<string, string> = {}): string {
  const query = new URLSearchParams()
  for (const [d, value] of Object.entries(where)) if (value) query.set(names[d] ?? d, value)
  for (const [d, value] of Object.entries(by)) query.set(names[d] ?? d, value || unknown)
  for (const [name, value] of Object.entries({ ...(m ? counted[m] : undefined), ...more })) query.set(name, value)
  query.set('finished', 'true') // those that are counted
  query.set('from', time.from)
  if (time.to) query.set('to', time.to)
  return `/attempts?${query}`
}
