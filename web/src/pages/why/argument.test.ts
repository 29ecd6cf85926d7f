import { describe, expect, it } from 'vitest'
import { addressOfRule, causeOf, cheapest, dearer, decimal, groupDropped, keepOf, keyOf, meanTalkOf, micro, partsOf, ruleOf, scaleOf, type Planned, type Told } from './argument'

const route = (cost: string, price: Partial<Planned['price']> = {}): Planned => ({
  n: 1,
  key: '8.c.a1',
  provider: 'Volga',
  tier: 'cli',
  dial: 'PJSIP/…',
  cost,
  reason: '',
  price: { deck: 1, prefix: '44', currency: 'USD', per_minute: '0.06', connection_fee: '0', minimum_charge: '0', attempt_fee: '0', first_s: 1, next_s: 1, expected: cost, ...price },
})

const told = (plan: Planned[], sale?: string): Told => ({ policy: 'least_cost', plan, sale })

describe('sums', () => {
  it('reads and writes decimals without floating point', () => {
    expect(micro('0.000001')).toBe(1n)
    expect(micro('9007199254740993.000001')).toBe(9007199254740993000001n)
    expect(micro('-1.5')).toBe(-1_500_000n)
    expect(micro('12')).toBe(12_000_000n)
    expect(micro('twelve')).toBe(0n)
    expect(decimal(-1_500_000n)).toBe('-1.500000')
    expect(decimal(1n)).toBe('0.000001')
  })
})

describe('partsOf', () => {
  it('tells talk from what increments bill beyond it', () => {
    // Two minutes of talk at 0.06 are 0.12; by whole minutes 0.15 were billed.
    const parts = partsOf(route('0.150000', { first_s: 60, next_s: 60 }), 120_000)
    expect(parts).toEqual([
      { kind: 'talk', cost: 120_000n },
      { kind: 'rounding', cost: 30_000n },
    ])
  })

  it('has the fees, and adds up to the cost in the base currency', () => {
    const v = route('0.100003', { per_minute: '0.03', first_s: 60, next_s: 60, connection_fee: '0.010000', attempt_fee: '0.002000', expected: '0.110000' })
    const parts = partsOf(v, 180_000)
    expect(parts.map((p) => p.kind)).toEqual(['talk', 'rounding', 'connection', 'attempt'])
    expect(parts.reduce((sum, p) => sum + p.cost, 0n)).toBe(micro(v.cost))
  })

  it('takes no rounding where free seconds make talk cheaper than it is long', () => {
    expect(partsOf(route('0.050000', { free_s: 30 }), 120_000)).toEqual([{ kind: 'talk', cost: 50_000n }])
    expect(partsOf(route('0.050000'), 120_000)).toEqual([{ kind: 'talk', cost: 50_000n }])
  })

  it('has none for a route without a price', () => {
    expect(partsOf({ n: 1, key: 's12', dial: 'PJSIP/anna', reason: 'an own number' })).toEqual([])
  })
})

describe('meanTalkOf', () => {
  it('is told by a route that bills single seconds', () => {
    const v = told([route('0.15', { first_s: 60, next_s: 60 }), route('0.12')])
    expect(meanTalkOf({ ...v, mean_talk_ms: 90_000 })).toBe(120_000)
  })

  it('is what calls last today, but never more than was billed', () => {
    const v = told([route('0.15', { first_s: 60, next_s: 60 })])
    expect(meanTalkOf({ ...v, mean_talk_ms: 90_000 })).toBe(90_000)
    expect(meanTalkOf({ ...v, mean_talk_ms: 900_000 })).toBe(150_000)
    expect(meanTalkOf(told([]))).toBe(0)
  })
})

describe('places', () => {
  const plan = [route('0.10'), route('0.112'), route('0.10')]
  it('compares with the cheapest', () => {
    expect(dearer(plan[1]!, plan)).toBeCloseTo(0.12)
    expect(dearer(plan[0]!, plan)).toBe(0)
    expect(cheapest(plan[2]!, plan)).toBe(true)
    expect(cheapest(plan[1]!, plan)).toBe(false)
  })

  it('says what stays of the sale, also below zero', () => {
    expect(keepOf(plan[0], told(plan, '0.20'))).toEqual({ sum: 100_000n, of: 0.5 })
    expect(keepOf(plan[0], told(plan, '0.05'))?.sum).toBe(-50_000n)
    expect(keepOf(plan[0], told(plan))).toBeUndefined()
  })

  it('draws up to the sale, unless that would leave the costs too small to see', () => {
    expect(scaleOf(told(plan, '0.20'))).toBe(200_000n)
    expect(scaleOf(told(plan, '9'))).toBe(112_000n)
    expect(scaleOf(told([], '9'))).toBe(0n)
  })
})

describe('groupDropped', () => {
  it('puts what may pass before what is switched off, and the cheapest first', () => {
    const groups = groupDropped([
      { key: '1.c', provider: 'A', reason: 'provider_disabled' },
      { key: '2.c', provider: 'B', reason: 'would_lose', cost: '0.30' },
      { key: '3.c', provider: 'C', reason: 'would_lose' },
      { key: '4.c', provider: 'D', reason: 'would_lose', cost: '0.20' },
      { key: '5.c', provider: 'E', reason: 'breaker_open' },
      { key: '6.c', provider: 'F', reason: 'made_up_tomorrow' },
    ])
    expect(groups.map((g) => g.reason)).toEqual(['breaker_open', 'would_lose', 'provider_disabled', 'made_up_tomorrow'])
    expect(groups[1]?.routes.map((d) => d.provider)).toEqual(['D', 'B', 'C'])
    expect(causeOf('breaker_open')).toBe('now')
    expect(groupDropped(null)).toEqual([])
  })

  it('says once what is the same of all', () => {
    const drop = (detail?: string) => ({ key: '1.c', provider: 'A', reason: 'not_in_policy', detail })
    expect(groupDropped([drop('Moscow'), drop('Moscow')])[0]?.detail).toBe('Moscow')
    expect(groupDropped([drop('Moscow'), drop('London')])[0]?.detail).toBeUndefined()
    expect(groupDropped([drop(), drop()])[0]?.detail).toBeUndefined()
  })
})

describe('keys', () => {
  it('names whose a route is', () => {
    expect(keyOf('8.c.a1')).toEqual({ provider: 8, address: 1 })
    expect(keyOf('7.n.g8')).toEqual({ provider: 7, gate: 8 })
    expect(keyOf('3.p')).toEqual({ provider: 3 })
    expect(keyOf('s12')).toEqual({ subscriber: 12 })
    expect(keyOf('x2')).toEqual({ server: 2 })
    expect(keyOf('?')).toEqual({})
  })

  it('finds the rule that is meant', () => {
    expect(ruleOf('block_list id 3, prefix 44')).toEqual({ table: 'block_list', id: 3, rest: 'prefix 44' })
    expect(ruleOf('route_rules id 5')?.id).toBe(5)
    expect(ruleOf('noncli')).toBeUndefined()
    expect(addressOfRule('route_rules', 5)).toBe('/policies?tab=route-rules&open=5')
  })
})
