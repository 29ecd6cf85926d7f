// When a call's attempts began, rang and were answered, on one line of time. Talk
// is mostly much longer than all before it, so it has a fixed part of the line.
export type Bid = { n: number; started_at: string; elapsed_ms: number; pdd_ms: number; talk_ms: number; rang: boolean; progress: boolean; result: string }

export type Segment = { kind: 'silent' | 'ringing' | 'talk'; from: number; to: number; ms: number }
export type TimelineRow = { n: number; segments: Segment[] }
export type Timeline = { rows: TimelineRow[]; /** ms of the part before any talk */ setupMS: number; /** where that part ends, 0 to 1 */ setupShare: number }

/** talkShare is the part of the line that talk has, where there is any. */
const talkShare = 0.3

/** timelineOf lays attempts out from when the call began; all places are 0 to 1. */
export function timelineOf(startedAt: string, bids: Bid[], endedAt?: string): Timeline {
  const zero = Date.parse(startedAt)
  const spans = bids.map((b) => {
    const from = Math.max(0, Date.parse(b.started_at) - zero)
    // One that is still going on has no length yet: it goes on to the end.
    const open = b.result === 'in_progress' && b.elapsed_ms === 0
    // What an attempt lasted includes its talk; an estimate may know the talk alone.
    const lasted = b.elapsed_ms < b.talk_ms ? b.elapsed_ms + b.talk_ms : b.elapsed_ms
    const length = open ? Math.max(0, Date.parse(endedAt ?? b.started_at) - zero - from) : Math.max(lasted, b.pdd_ms)
    return { bid: b, from, answered: from + length - b.talk_ms }
  })
  const talks = spans.some((s) => s.bid.talk_ms > 0)
  const setupMS = Math.max(1, ...spans.map((s) => s.answered))
  const setupShare = talks ? 1 - talkShare : 1
  const at = (ms: number) => (Math.min(ms, setupMS) / setupMS) * setupShare
  const rows = spans.map(({ bid, from, answered }) => {
    const segments: Segment[] = []
    const heard = bid.pdd_ms > 0 && (bid.rang || bid.progress) ? Math.min(answered, from + bid.pdd_ms) : answered
    const add = (kind: Segment['kind'], a: number, b: number) => {
      if (b > a) segments.push({ kind, from: at(a), to: at(b), ms: b - a })
    }
    add('silent', from, heard)
    add('ringing', heard, answered)
    if (bid.talk_ms > 0) segments.push({ kind: 'talk', from: at(answered), to: 1, ms: bid.talk_ms })
    return { n: bid.n, segments }
  })
  return { rows, setupMS, setupShare }
}

/** ticksOf are round seconds for the part before talk: at most seven. */
export function ticksOf(setupMS: number): number[] {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300].find((s) => setupMS / 1000 / s <= 6) ?? 600
  const ticks: number[] = []
  for (let n = 0; n * step * 1000 <= setupMS * 1.0001; n++) ticks.push(Math.round(n * step * 10) / 10)
  return ticks
}
