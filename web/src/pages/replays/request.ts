// What is asked of a replay, as its form has it.
import type { Schema } from '../../api'
import type { PolicyRoute } from '../policies/match'

export type Request = Schema<'ReplayRequest'>
export type PolicyOf = 'asNow' | 'known' | 'draft'

export type ReplayValues = {
  from: string
  to: string
  account_id?: number
  sample?: number
  at?: string
  decks: number[]
  policy_of: PolicyOf
  policy_id?: number
  kind: Schema<'ReplayDraft'>['kind']
  band_percent: string
  min_tier: string
  routes: PolicyRoute[]
}

const day = 24 * 3600_000

/** replayValues are those of a form: of a request that is run again, or of a new one. */
export function replayValues(now: number, r?: Request, deck?: number): ReplayValues {
  return {
    from: r?.from ?? new Date(now - 7 * day).toISOString(),
    to: r?.to ?? new Date(now).toISOString(),
    account_id: r?.account_id || undefined,
    sample: r?.sample || undefined,
    at: r?.at,
    decks: r?.decks ?? (deck ? [deck] : []),
    policy_of: r?.policy ? 'draft' : r?.policy_id ? 'known' : 'asNow',
    policy_id: r?.policy_id || undefined,
    kind: r?.policy?.kind ?? 'least_cost',
    band_percent: r?.policy?.band_percent ?? '0.00',
    min_tier: r?.policy?.min_tier ?? 'noncli',
    routes: r?.policy?.routes ?? [],
  }
}

// Only an order has places, and only shares have weights.
const route = (kind: ReplayValues['kind'], r: PolicyRoute, place: number) => ({
  provider_id: r.provider_id,
  tier: r.tier ?? undefined,
  ...(kind === 'priority' ? { place } : { weight: r.weight || undefined }),
})

/** replayBody is what is sent. */
export function replayBody(v: ReplayValues): Request {
  const draft: Request['policy'] = {
    kind: v.kind,
    min_tier: v.min_tier || undefined,
    band_percent: v.kind === 'band_share' ? v.band_percent : undefined,
    routes: v.kind === 'least_cost' ? undefined : v.routes.map((r, n) => route(v.kind, r, n + 1)),
  }
  return {
    from: v.from,
    to: v.to,
    at: v.at || undefined,
    account_id: v.account_id,
    sample: v.sample,
    decks: v.decks.length > 0 ? v.decks : undefined,
    policy_id: v.policy_of === 'known' ? v.policy_id : undefined,
    policy: v.policy_of === 'draft' ? draft : undefined,
    examples: 10,
  }
}
