// Attempts of a call: when each began, rang and was answered, and what came of it.
import { Anchor, Table } from '@mantine/core'
import { Link } from 'wouter'
import type { Schema } from '../../api'
import { Duration, Money, StatusBadge, useSecond } from '../../ui'
import { keyOf } from '../why/argument'
import { useSay } from '../why/say'
import { useCalls } from './text'
import { ticksOf, timelineOf } from './timeline'
import { Cause } from './values'
import './calls.css'

type Bid = Schema<'AttemptLine'>

export function Attempts({ call, bids }: { call: Schema<'CallLine'>; bids: Bid[] }) {
  const t = useCalls()
  if (bids.length === 0) return <p className="t-dim c-none">{t('attemptsNone')}</p>
  return (
    <>
      <Line call={call} bids={bids} />
      <Rows bids={bids} />
    </>
  )
}

function Line({ call, bids }: { call: Schema<'CallLine'>; bids: Bid[] }) {
  const t = useCalls()
  const running = call.disposition === 'in_progress'
  const now = useSecond()
  const line = timelineOf(call.started_at, bids, running ? new Date(now * 1000).toISOString() : call.ended_at)
  const place = (share: number) => `${share * 100}%`
  const word = { silent: t('segSilent'), ringing: t('segRinging'), talk: t('segTalk') }
  return (
    <figure className="c-line" aria-label={t('timeline')}>
      <ol>
        {line.rows.map((row, i) => {
          const bid = bids[i]!
          const label = row.segments.map((s) => `${word[s.kind]} ${(s.ms / 1000).toFixed(1)} s`).join(', ')
          return (
            <li key={row.n}>
              <span className="c-who">
                {row.n}. {bid.provider ?? bid.route}
              </span>
              <span className="c-track" role="img" aria-label={label} title={label}>
                {row.segments.map((s) => (
                  <span key={s.kind} className={`c-seg c-${s.kind} c-${bid.result}`} style={{ left: place(s.from), width: place(s.to - s.from) }} />
                ))}
                {row.segments.at(-1)?.kind === 'talk' && (
                  <span className="c-talk-word">
                    <Duration ms={bid.talk_ms} />
                  </span>
                )}
              </span>
            </li>
          )
        })}
      </ol>
      <div className="c-axis" aria-hidden>
        {ticksOf(line.setupMS).map((s) => (
          <span key={s} style={{ left: place(((s * 1000) / line.setupMS) * line.setupShare) }}>
            {s} s
          </span>
        ))}
      </div>
      <figcaption className="c-legend">
        <span>
          <i className="c-seg c-silent" aria-hidden /> {word.silent}
        </span>
        <span>
          <i className="c-seg c-ringing" aria-hidden /> {word.ringing}
        </span>
        <span>
          <i className="c-seg c-talk" aria-hidden /> {word.talk}
        </span>
      </figcaption>
    </figure>
  )
}

function Rows({ bids }: { bids: Bid[] }) {
  const t = useCalls()
  const say = useSay()
  const head = [t('n'), t('route'), t('result'), t('answerSIP'), t('cause'), t('blame'), t('pdd'), t('lasted'), t('cost')]
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing={6} className="c-table">
        <Table.Thead>
          <Table.Tr>
            {head.map((h, n) => (
              <Table.Th key={h} ta={n >= 6 ? 'right' : undefined}>
                {h}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {bids.map((b) => (
            <Table.Tr key={b.n}>
              <Table.Td>{b.n}</Table.Td>
              <Table.Td>
                {b.provider_id ? (
                  <Anchor component={Link} href={`/providers/${b.provider_id}`} inherit>
                    {b.provider}
                  </Anchor>
                ) : (
                  say.way(keyOf(b.route)) || b.route
                )}
                {b.tier && <span className="y-tier c-tier">{b.tier}</span>}
                <span className="t-dim t-mono c-key">{b.route}</span>
              </Table.Td>
              <Table.Td>
                <StatusBadge status={b.result} />
              </Table.Td>
              <Table.Td title={b.dial_status}>{b.sip_status || <span className="t-dim">–</span>}</Table.Td>
              <Table.Td>
                <Cause value={b.cause} />
              </Table.Td>
              <Table.Td>{b.blame ? t(`blame_${b.blame}` as 'blame_us') : <span className="t-dim">–</span>}</Table.Td>
              <Table.Td ta="right" className="t-num">
                {b.pdd_ms > 0 ? `${(b.pdd_ms / 1000).toFixed(2)} s` : <span className="t-dim">–</span>}
              </Table.Td>
              <Table.Td ta="right">
                <Duration ms={b.elapsed_ms} />
              </Table.Td>
              <Table.Td ta="right">
                <Money value={b.cost} currency={b.currency} kind="rate" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
