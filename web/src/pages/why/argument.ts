// The argument of a decision: what the API tells of it, brought into the order in
// which one argues. Nothing here draws.

/** Told is a decision's reasons as the API tells them. */
export type Told = {
  policy: string
  policy_kind?: string
  policy_id?: number
  base_currency?: string
  lengths?: string
  mean_talk_ms?: number
  sale?: string | null
  markup?: string
  refused?: string
  detail?: string
  plan?: Planned[] | null
  /** of a policy that goes by quality: what calls there come to, whatever their route */
  destination?: { prefix: string; answered_ppm: number } | null
  dropped?: Dropped[] | null
  cut?: number
}

export type Planned = {
  n: number
  key: string
  provider?: string
  tier?: string
  dial: string
  cli?: string
  cost?: string | null
  price?: Price | null
  reason: string
  preferred_by?: string
  weighed?: Weighed | null
}

/** Weighed is what was known of a route when the call was decided. */
export type Weighed = {
  /** of a call that ends on it, in the base currency */
  worth: string
  /** millionths: of its calls that counted at least so many are answered */
  answered_at_least_ppm: number
  /** its own calls to the destination that counted */
  samples: number
  exploring: boolean
  floored: boolean
  demoted_since?: string
  /** what the worth was worked out from; not kept of older calls */
  figures?: Figures | null
  floor?: Floor | null
}

/** Figures are shares in millionths and sums in the base currency. */
export type Figures = {
  own_ppm: number
  borrowed_ppm: number
  borrowed_from: 'destination' | 'provider' | 'prefix'
  borrowed_prefix?: string
  expected_ppm: number
  ended_ppm: number
  gain: string
  fee: string
  wait_ms: number
  wait_cost: string
}

/** Floor is the hard rule that put a route behind the others, and what it went by. */
export type Floor = { measure: 'asr' | 'abr'; prefix?: string; least_ppm: number; over: number; share_ppm: number; of: number }

/** Seen is what a route did in the day before: its answer-seizure ratio with the 95 % interval, in millionths. */
export type Seen = { share: number; low: number; high: number; of: number; small: boolean; href: string }

/** seenKey is a route as reports of quality tell it. */
export const seenKey = (provider: number | string | undefined, tier: string | undefined) => `${provider ?? ''} ${tier ?? ''}`

export type Price = {
  deck: number
  prefix: string
  currency: string
  per_minute: string
  connection_fee: string
  minimum_charge: string
  attempt_fee: string
  first_s: number
  next_s: number
  grace_s?: number
  free_s?: number
  steps?: string
  expected: string
}

export type Dropped = { key: string; provider: string; tier?: string; reason: string; detail?: string; cost?: string | null }

/** Tried is what became of a route that was bid to. */
export type Tried = { route: string; result: string; sip_status?: number; cause?: number }

// Sums are counted in millionths, as whole numbers.

/** micro reads a decimal; digits beyond the sixth are cut off. */
export function micro(text: string | null | undefined): bigint {
  const m = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text ?? '')
  if (!m) return 0n
  const value = BigInt(m[2]!) * 1_000_000n + BigInt((m[3] ?? '').padEnd(6, '0').slice(0, 6))
  return m[1] ? -value : value
}

/** decimal writes millionths. */
export function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(7, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`
}

/** share is a part of a whole, as a number that is good enough to draw: 0.25. */
export const share = (part: bigint, whole: bigint) => (whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000)

export type PartKind = 'talk' | 'rounding' | 'connection' | 'attempt'
export type Part = { kind: PartKind; cost: bigint }

/**
 * partsOf takes an expected cost apart, in the base currency: the talk itself,
 * what increments and a minimum charge bill beyond it, the fees. The parts add up
 * to the cost exactly.
 */
export function partsOf(route: Planned, meanTalkMS = 0): Part[] {
  const cost = micro(route.cost)
  const p = route.price
  if (!p || cost <= 0n) return []
  const whole = micro(p.expected)
  if (whole <= 0n) return [{ kind: 'talk', cost }]
  const attempt = least(micro(p.attempt_fee), whole)
  const connection = least(micro(p.connection_fee), whole - attempt)
  const rest = whole - attempt - connection
  // Rates with a grace, free seconds or steps bill less than the talk at places;
  // by single seconds nothing is billed beyond it.
  const single = p.first_s === 1 && p.next_s === 1 && micro(p.minimum_charge) === 0n
  const plain = !p.grace_s && !p.free_s && !p.steps && !single && meanTalkMS > 0
  const talk = plain ? least(perMinute(p.per_minute, meanTalkMS), rest) : rest
  const native: [PartKind, bigint][] = [
    ['attempt', attempt],
    ['connection', connection],
    ['rounding', rest - talk],
    ['talk', talk],
  ]
  let left = cost
  const parts = native.map(([kind, sum]): Part => {
    const part = kind === 'talk' ? left : (cost * sum) / whole
    left -= part
    return { kind, cost: part }
  })
  return parts.reverse().filter((part) => part.cost > 0n)
}

const least = (a: bigint, b: bigint) => (a < b ? a : b)

// A rate has eight digits: per_minute × ms ÷ 60 000, in millionths.
const perMinute = (rate: string, ms: number) => (exact(rate) * BigInt(Math.round(ms))) / 6_000_000n

function exact(rate: string) {
  const m = /^(\d+)(?:\.(\d*))?$/.exec(rate)
  return m ? BigInt(m[1]!) * 100_000_000n + BigInt((m[2] ?? '').padEnd(8, '0').slice(0, 8)) : 0n
}

/**
 * meanTalkOf is the expected talk that the costs were made of. The API tells what
 * calls last today; a decision of the past knew other lengths. A plain route says
 * how much talk it was billed for: by single seconds that is the talk itself, by
 * longer increments it is no less.
 */
export function meanTalkOf(told: Told): number {
  let least = told.mean_talk_ms || Infinity
  for (const { price: p } of told.plan ?? []) {
    if (!p || p.grace_s || p.free_s || p.steps || micro(p.minimum_charge) > 0n) continue
    const billed = msFor(micro(p.expected) - micro(p.connection_fee) - micro(p.attempt_fee), p.per_minute)
    if (billed === undefined) continue
    if (p.first_s === 1 && p.next_s === 1) return billed
    least = Math.min(least, billed)
  }
  return Number.isFinite(least) ? least : 0
}

// msFor is how long one talks for a sum.
function msFor(sum: bigint, perMinute: string): number | undefined {
  const rate = exact(perMinute)
  return rate > 0n && sum > 0n ? Number((sum * 6_000_000n + rate / 2n) / rate) : undefined
}

/**
 * scaleOf is what a full bar stands for: the dearest route, or what the account
 * pays where that is near enough to be drawn with them.
 */
export function scaleOf(told: Told): bigint {
  const dearest = (told.plan ?? []).reduce((most, r) => (micro(r.cost) > most ? micro(r.cost) : most), 0n)
  const sale = micro(told.sale)
  return sale > dearest && sale <= dearest * 3n ? sale : dearest
}

/** dearer is by how much a cost exceeds the cheapest of the plan: 0.12 is 12 %. */
export function dearer(route: Planned, plan: Planned[]): number | undefined {
  const costs = plan.filter((r) => r.cost).map((r) => micro(r.cost))
  const low = costs.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined)
  if (!route.cost || low === undefined || low <= 0n) return undefined
  return share(micro(route.cost) - low, low)
}

/** cheapest says whether no route of the plan costs less. */
export const cheapest = (route: Planned, plan: Planned[]) => Boolean(route.cost) && plan.every((r) => !r.cost || micro(r.cost) >= micro(route.cost))

/** keep is what stays of the sale when a route carries the call. */
export function keepOf(route: Planned | undefined, told: Told): { sum: bigint; of: number } | undefined {
  if (!route?.cost || !told.sale) return undefined
  const sum = micro(told.sale) - micro(route.cost)
  return { sum, of: share(sum, micro(told.sale)) }
}

// Why candidates are left out.

export type Cause = 'now' | 'price' | 'rules' | 'cli' | 'off'

const causes: Record<Cause, string[]> = {
  now: ['no_channel', 'calls_per_second', 'gate_full', 'gate_calls_per_second', 'breaker_open', 'breaker_probing', 'unreachable', 'account_full', 'account_calls_per_second', 'money_unknown'],
  price: ['would_lose', 'over_limit', 'over_rate_cap', 'over_fee_cap', 'no_rate', 'rate_invalid', 'no_exchange_rate', 'destination_blocked', 'no_sell_rate', 'no_balance', 'no_money', 'daily_limit', 'call_limit'],
  rules: ['rule_blocks', 'rule_forces_other', 'not_in_policy', 'tier_too_low', 'caller_blocked', 'called_blocked', 'called_not_allowed', 'blocked_type', 'blocked_country', 'quiet_hours'],
  cli: ['cli_not_allowed', 'cli_not_ours', 'number_bound_to_gate', 'gate_of_other_number', 'gate_on_other_server', 'number_in_only', 'number_elsewhere'],
  off: ['provider_disabled', 'gate_disabled', 'no_address', 'gate_twin'],
}

const order = Object.values(causes).flat()

/** placeOf is where a reason stands in the argument; undefined: it is not known here. */
export const placeOf = (reason: string) => (order.includes(reason) ? order.indexOf(reason) : undefined)

/** causeOf sorts reasons into five kinds; an unknown one counts as a rule. */
export const causeOf = (reason: string) => (Object.keys(causes) as Cause[]).find((c) => causes[c].includes(reason)) ?? 'rules'

/** detail: what is the same of all of them; it is said once */
export type DropGroup = { reason: string; cause: Cause; detail?: string; routes: Dropped[] }

/**
 * groupDropped puts together what was left out for the same reason: first what
 * may be different for the next call, last what is switched off. Within a group
 * the cheapest come first.
 */
export function groupDropped(dropped: Dropped[] | null | undefined): DropGroup[] {
  const groups = new Map<string, Dropped[]>()
  for (const d of dropped ?? []) groups.set(d.reason, [...(groups.get(d.reason) ?? []), d])
  const place = (reason: string) => placeOf(reason) ?? order.length
  return [...groups]
    .map(([reason, routes]) => ({ reason, cause: causeOf(reason), detail: common(routes), routes: [...routes].sort(byCost) }))
    .sort((a, b) => place(a.reason) - place(b.reason) || a.reason.localeCompare(b.reason))
}

const common = (routes: Dropped[]) => (routes.every((d) => d.detail === routes[0]?.detail) ? routes[0]?.detail || undefined : undefined)

function byCost(a: Dropped, b: Dropped) {
  if (Boolean(a.cost) !== Boolean(b.cost)) return a.cost ? -1 : 1
  const difference = micro(a.cost) - micro(b.cost)
  return difference < 0n ? -1 : difference > 0n ? 1 : a.provider.localeCompare(b.provider)
}

// Route keys: 8.c.a1 provider 8 by its address 1, 7.c.g8 by gate 8, s12 our
// subscriber, x2 our server.

export type Key = { provider?: number; gate?: number; address?: number; subscriber?: number; server?: number }

export function keyOf(text: string): Key {
  const own = /^([sx])(\d+)$/.exec(text)
  if (own) return own[1] === 's' ? { subscriber: Number(own[2]) } : { server: Number(own[2]) }
  const m = /^(\d+)\.\w(?:\.([ag])(\d+))?$/.exec(text)
  if (!m) return {}
  const key: Key = { provider: Number(m[1]) }
  if (m[2] === 'g') key.gate = Number(m[3])
  if (m[2] === 'a') key.address = Number(m[3])
  return key
}

/** ruleOf reads "route_rules id 5" and "block_list id 3, prefix 44". */
export function ruleOf(text: string | undefined): { table: string; id: number; rest: string } | undefined {
  const m = /^(\w+) id (\d+)(?:, (.*))?$/.exec(text ?? '')
  return m ? { table: m[1]!, id: Number(m[2]), rest: m[3] ?? '' } : undefined
}

/** addressOfRule is where a rule is edited. */
export function addressOfRule(table: string, id: number): string | undefined {
  const tab = { route_rules: 'route-rules', block_list: 'blocks', policy_rules: 'policy-rules', stop_rules: 'stop-rules' }[table]
  return tab && `/policies?tab=${tab}&open=${id}`
}

/** triedAt is what became of a route that is in the plan, if it was bid to. */
export const triedAt = (key: string, tried: Tried[] | undefined) => (tried ?? []).filter((a) => a.route === key)
