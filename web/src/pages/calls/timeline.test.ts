import { describe, expect, it } from 'vitest'
import { ticksOf, timelineOf, type Bid } from './timeline'

const bid = (more: Partial<Bid>): Bid => ({ n: 1, started_at: '2026-11-21T10:00:00.000Z', elapsed_ms: 0, pdd_ms: 0, talk_ms: 0, rang: false, progress: false, result: 'failed', ...more })

describe('timelineOf', () => {
  it('gives talk a fixed part, however long it is', () => {
    const line = timelineOf('2026-11-21T10:00:00Z', [
      bid({ n: 1, elapsed_ms: 2000 }),
      bid({ n: 2, started_at: '2026-11-21T10:00:02Z', elapsed_ms: 606_000, pdd_ms: 1000, rang: true, talk_ms: 600_000, result: 'answered' }),
    ])
    expect(line.setupMS).toBe(8000)
    expect(line.rows[0]?.segments).toEqual([{ kind: 'silent', from: 0, to: 0.175, ms: 2000 }])
    const [silent, ringing, talk] = line.rows[1]!.segments
    expect(silent).toMatchObject({ kind: 'silent', from: 0.175, ms: 1000 })
    expect(ringing).toMatchObject({ kind: 'ringing', to: 0.7, ms: 5000 })
    expect(talk).toMatchObject({ kind: 'talk', from: 0.7, to: 1, ms: 600_000 })
  })

  it('takes the whole line where nobody talked', () => {
    const line = timelineOf('2026-11-21T10:00:00Z', [bid({ elapsed_ms: 4000, pdd_ms: 1000, rang: true })])
    expect(line.setupShare).toBe(1)
    expect(line.rows[0]?.segments.map((s) => [s.kind, s.from, s.to])).toEqual([
      ['silent', 0, 0.25],
      ['ringing', 0.25, 1],
    ])
  })

  it('goes on to now for an attempt in progress, and survives none at all', () => {
    const line = timelineOf('2026-11-21T10:00:00Z', [bid({ result: 'in_progress' })], '2026-11-21T10:00:05Z')
    expect(line.rows[0]?.segments[0]?.ms).toBe(5000)
    expect(timelineOf('2026-11-21T10:00:00Z', []).rows).toEqual([])
  })

  it('begins at the call, never before it', () => {
    // A clock of another node may be a moment behind.
    const line = timelineOf('2026-11-21T10:00:01Z', [bid({ elapsed_ms: 1000 })])
    expect(line.rows[0]?.segments[0]?.from).toBe(0)
  })
})

describe('ticksOf', () => {
  it('has few round seconds', () => {
    expect(ticksOf(8000)).toEqual([0, 2, 4, 6, 8])
    expect(ticksOf(450)).toEqual([0, 0.1, 0.2, 0.3, 0.4])
    expect(ticksOf(90_000)).toEqual([0, 15, 30, 45, 60, 75, 90])
  })
})
