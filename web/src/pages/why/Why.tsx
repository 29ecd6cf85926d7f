// Why this route: left the call, right the ranked routes, below what was left out.
// The same in the simulator, for a live call and for a past one.
import { Anchor } from '@mantine/core'
import { Link } from 'wouter'
import { Empty, Facts, PhoneNumber, When } from '../../ui'
import { decimal, keepOf, keyOf, meanTalkOf, micro, type Planned, type Seen, type Told, type Tried } from './argument'
import { DroppedList } from './Dropped'
import { Routes } from './Routes'
import { useSay } from './say'
import './why.css'

/** WhyCall is the call that was decided. */
export type WhyCall = {
  caller?: string
  account?: { id: number; name: string }
  server: string
  at: string
  dialled?: string
  b_number?: string
  routing_number?: string
  cli?: string
  /** why this number is shown, or why the call goes where it goes */
  reason?: string
  to?: { country?: string; place?: string }
  snapshot?: number
}

export type WhyProps = {
  call: WhyCall
  told: Told
  /** dial, redirect, echo, reject */
  action?: string
  refusal?: { reason: string; cause: number; message?: string }
  /** attempts that were made */
  tried?: Tried[]
  /** by seenKey: what the routes did in the day before */
  seen?: Map<string, Seen>
}

export function Why(props: WhyProps) {
  return (
    <div className="y-box">
      <div className="y-why">
        <TheCall {...props} />
        <div className="y-right">
          <Verdict {...props} />
          <Routes told={props.told} tried={props.tried} shown={props.call.cli} seen={props.seen} />
          <DroppedList told={props.told} />
        </div>
      </div>
    </div>
  )
}

function TheCall({ call, told }: WhyProps) {
  const { t, time, lengths, percent } = useSay()
  const rows: [string, React.ReactNode][] = []
  if (call.account) {
    rows.push([
      t('account'),
      <Anchor component={Link} href={`/accounts/${call.account.id}`} inherit>
        {call.account.name}
      </Anchor>,
    ])
  }
  if (call.caller) rows.push([t('caller'), call.caller])
  rows.push([t('called'), call.b_number ? <PhoneNumber value={call.b_number} copy /> : undefined])
  if (call.dialled && call.dialled !== call.b_number) rows.push([t('dialled'), <span className="t-mono">{call.dialled}</span>])
  const place = [call.to?.place, call.to?.country].filter(Boolean).join(', ')
  if (place) rows.push([t('place'), place])
  if (call.routing_number && call.routing_number !== call.b_number) {
    rows.push([
      t('ported'),
      <span title={t('portedHelp')}>
        <PhoneNumber value={call.routing_number} />
      </span>,
    ])
  }
  rows.push([t('shown'), call.cli ? <PhoneNumber value={call.cli} copy /> : <span className="t-dim">{t('shownNone')}</span>])
  // A route without a price tells the same reason in its own place.
  const priced = (told.plan ?? []).some((r) => r.price)
  if (call.reason && (priced || !told.plan?.length)) rows.push([t('shownWhy'), <span lang="en">{call.reason}</span>])
  rows.push([t('server'), call.server])
  rows.push([t('at'), <When at={call.at} absolute />])
  if (told.policy && (priced || told.dropped?.length)) rows.push([t('policy'), <Policy told={told} />])
  const all = told.destination
  if (all) rows.push([t('allRoutes'), t(all.prefix ? 'allRoutesOf' : 'allRoutesAny', { share: percent(all.answered_ppm / 1e6), prefix: all.prefix })])
  if (meanTalkOf(told) > 0 && priced) rows.push([t('expected'), t('expectedOf', { time: time(meanTalkOf(told)), lengths: lengths(told) })])
  if (call.snapshot) rows.push([t('version'), t('versionOf', { n: call.snapshot })])
  return (
    <aside className="y-call" aria-label={t('call')}>
      <Facts columns={1} rows={rows} />
    </aside>
  )
}

function Policy({ told }: { told: Told }) {
  const { t, kind } = useSay()
  // The API writes "Moscow 60/40 (share, ticket 3)"; what is in brackets is said in the reader's words.
  const [, name = told.policy, more = ''] = /^(.*) \(\w+(?:, ([^()]*))?\)$/.exec(told.policy) ?? []
  const ticket = /^ticket (\d+)$/.exec(more)?.[1]
  const of = kind(told)
  if (!told.policy_id) return <>{of || name}</>
  return (
    <>
      <Anchor component={Link} href={`/policies?open=${told.policy_id}`} inherit>
        {name}
      </Anchor>{' '}
      <span className="t-dim">
        {of}
        {ticket !== undefined && `, ${t('ticket', { n: String(Number(ticket) + 1) })}`}
        {more.startsWith('of which nothing') && `, ${t('nothingKnown')}`}
      </span>
    </>
  )
}

// Verdict is the argument in two or three sentences.
function Verdict({ told, action, refusal, tried }: WhyProps) {
  const say = useSay()
  const { t } = say
  const plan = told.plan ?? []
  const first = plan[0]
  if (!first && !told.refused && !refusal && (told.dropped ?? []).length === 0 && !told.policy && action !== 'echo') {
    return (
      <Empty title={t('noReasons')} icon="clock">
        {t('noReasonsHelp')}
      </Empty>
    )
  }
  const lines: React.ReactNode[] = []
  const why = told.refused || (plan.length === 0 ? refusal?.reason : '')
  if (why) lines.push(<strong key="refused">{t('refused', { why: say.reason(why, told.detail) })}</strong>)
  else if (action === 'echo') lines.push(t('verdict_echo'))
  else if (first) lines.push(...forFirst(first, told, say))
  else lines.push(<strong key="none">{(told.dropped ?? []).length > 0 ? t('noRoute', { count: told.dropped!.length + (told.cut ?? 0) }) : t('noCandidates')}</strong>)
  if (refusal) lines.push(refusal.message ? t('turnedAwayWith', { cause: refusal.cause, message: say.message(refusal.message) }) : t('turnedAway', { cause: refusal.cause }))
  const bad = Boolean(why) || (!first && action !== 'echo')
  return (
    <p className={`y-verdict${bad ? ' y-bad' : ''}`} data-tried={tried?.length}>
      {lines.map((line, n) => (
        <span key={n}>{line} </span>
      ))}
    </p>
  )
}

function forFirst(first: Planned, told: Told, say: ReturnType<typeof useSay>): React.ReactNode[] {
  const { t } = say
  const plan = told.plan ?? []
  if (!first.price) return [<strong key="own">{t('verdict_own', { why: first.reason || say.way(keyOf(first.key)) })}</strong>]
  const currency = told.base_currency ?? ''
  const lines: React.ReactNode[] = [<strong key="first">{t('verdict_first', { name: say.name(first), why: say.whyFirst(first, told) })}</strong>]
  if (first.cost) lines.push(t('verdict_cost', { cost: say.rate(first.cost), currency }))
  const keep = keepOf(first, told)
  if (keep) {
    const sale = say.rate(told.sale!)
    lines.push(
      keep.sum < 0n ? (
        <span className="t-bad" key="loss">
          {t('verdict_loss', { sale, currency, keep: say.rate(decimal(-keep.sum)) })}
        </span>
      ) : (
        t('verdict_sale', { sale, currency, keep: say.rate(decimal(keep.sum)), of: say.percent(keep.of) })
      ),
    )
  }
  if (told.markup) lines.push(t('verdict_markup', { markup: told.markup }))
  const next = plan[1]
  lines.push(next ? t('verdict_next', { name: say.name(next), more: plan.length > 2 ? t('verdict_more', { count: plan.length - 2 }) : '' }) : micro(first.cost) > 0n ? t('verdict_only') : '')
  return lines
}
