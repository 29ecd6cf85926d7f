// Calls in progress as dots: each has a seat around the middle of its country, and
// keeps it for as long as it lasts.

export type Seated = { key: string; seat: number }
type Call = { call_id: string }

/** most is how many dots a country has; the table has the number. */
export const most = 60

/** seatsOf gives new calls the first free seats of their country. */
export function seatsOf(before: ReadonlyMap<string, Seated>, calls: Call[], keyOf: (call: never) => string): Map<string, Seated> {
  const seats = new Map<string, Seated>()
  const taken = new Map<string, Set<number>>()
  const take = (id: string, key: string, seat: number) => {
    seats.set(id, { key, seat })
    taken.set(key, (taken.get(key) ?? new Set()).add(seat))
  }
  for (const call of calls) {
    const had = before.get(call.call_id)
    if (had && had.key === keyOf(call as never)) take(call.call_id, had.key, had.seat)
  }
  for (const call of calls) {
    if (seats.has(call.call_id)) continue
    const key = keyOf(call as never)
    let seat = 0
    while (taken.get(key)?.has(seat)) seat++
    take(call.call_id, key, seat)
  }
  return seats
}

const golden = Math.PI * (3 - Math.sqrt(5))

/** offset is where a seat is from the middle: as the seeds of a sunflower. */
export function offset(seat: number, gap: number): [number, number] {
  const r = gap * Math.sqrt(seat)
  return [r * Math.cos(seat * golden), r * Math.sin(seat * golden)]
}
