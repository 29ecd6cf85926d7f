import { useMemo } from 'react'
import { Money, PhoneNumber, Running, StatusBadge, useSecond, When, type Column, type Tone } from '../../ui'
import { duration } from '../../ui/format'
import { useText } from './text'
import type { Row } from './useLive'

const tones: Record<string, Tone> = { talking: 'good', ringing: 'busy', routing: 'off' }

export function useColumns(): Column<Row>[] {
  const t = useText()
  return useMemo(
    () => [
      { key: 'state', title: t('state'), width: 108, phoneWidth: 34, render: (r) => <State call={r} brief /> },
      { key: 'a', title: t('a'), width: 185, render: (r) => (r.a ? <PhoneNumber value={r.a} place={r.a_place} /> : r.subscriber || '–'), wide: true },
      { key: 'b', title: t('b'), width: 215, phoneWidth: 140, grow: true, render: (r) => <PhoneNumber value={r.b} place={r.b_place} /> },
      { key: 'account', title: t('account'), width: 115, sort: true, render: (r) => r.account || r.subscriber || '–', wide: true },
      { key: 'provider', title: t('route'), width: 115, sort: true, render: (r) => r.provider || r.from_provider || '–', wide: true },
      { key: 'server', title: t('server'), width: 150, sort: true, hidden: true },
      { key: 'direction', title: t('direction'), width: 110, hidden: true, render: (r) => (r.direction ? t(r.direction) : '–') },
      { key: 'cli', title: t('cli'), width: 185, hidden: true, render: (r) => <PhoneNumber value={r.cli} /> },
      { key: 'node', title: t('node'), width: 120, hidden: true },
      { key: 'duration', title: t('duration'), width: 70, phoneWidth: 60, right: true, sort: true, render: (r) => <Talk call={r} /> },
      { key: 'cost', title: t('cost'), width: 112, phoneWidth: 98, right: true, sort: true, render: (r) => (r.sold ? <Money value={r.cost} currency={r.currency} kind="rate" /> : '–') },
      { key: 'paid_until', title: t('remaining'), width: 96, right: true, sort: true, wide: true, render: (r) => <Remaining call={r} /> },
      { key: 'began_at', title: t('began'), width: 130, sort: true, hidden: true, render: (r) => <When at={r.began_at} /> },
    ],
    [t],
  )
}

export function State({ call, brief }: { call: Row; brief?: boolean }) {
  const t = useText()
  if (call.endedAt) return (
      <span className={brief ? 't-brief' : undefined}>
        <StatusBadge status="cancelled">{t('over')}</StatusBadge>
      </span>
    )
  const word = call.state === 'talking' ? t('talking') : call.state === 'ringing' ? t('ringing') : t('routing')
  return (
    <span title={call.stale ? t('stale') : undefined} className={brief ? 't-brief' : undefined}>
      <StatusBadge status={call.state} tone={call.stale ? 'warn' : tones[call.state]}>
        {word}
        {call.stale && ' ?'}
      </StatusBadge>
    </span>
  )
}

export function Talk({ call }: { call: Row }) {
  if (call.endedAt) return <span className="t-num t-dim">{duration((call.endedAt - Date.parse(call.answered_at ?? call.began_at)) / 1000)}</span>
  if (call.answered_at) return <Running since={call.answered_at} />
  if (call.state === 'talking') return <span className="t-dim">–</span> // nobody knows since when
  return (
    <span className="t-dim">
      <Running since={call.began_at} />
    </span>
  )
}

/** Remaining ticks down to the moment until which the talk is paid. */
export function Remaining({ call, skewMs = 0 }: { call: Row; skewMs?: number }) {
  const t = useText()
  const now = useSecond()
  if (call.endedAt || !call.answered_at) return '–'
  if (!call.limited || !call.paid_until) return <span className="t-dim">{t('unlimited')}</span>
  const left = Math.max(0, Math.round((Date.parse(call.paid_until) - skewMs) / 1000) - now)
  return (
    <span className={call.low ? 't-num t-bad' : 't-num'} title={call.low ? t('low') : undefined}>
      {call.low && '▼ '}
      {duration(left)}
    </span>
  )
}
