// The ranked routes, each with a bar of what its cost is made of.
import { Anchor } from '@mantine/core'
import { Link } from 'wouter'
import { Money, PhoneNumber, StatusBadge } from '../../ui'
import { addressOfRule, decimal, keyOf, meanTalkOf, micro, partsOf, ruleOf, scaleOf, seenKey, share, triedAt, type PartKind, type Planned, type Seen, type Told, type Tried } from './argument'
import { useSay } from './say'
import { QualityOf } from './Weighed'

const kinds: PartKind[] = ['talk', 'rounding', 'connection', 'attempt']

export function Routes({ told, tried, shown, seen }: { told: Told; tried?: Tried[]; shown?: string; seen?: Map<string, Seen> }) {
  const { t, rate } = useSay()
  const plan = told.plan ?? []
  if (plan.length === 0) return null
  const scale = scaleOf(told)
  const talk = meanTalkOf(told)
  const used = new Set(plan.flatMap((r) => partsOf(r, talk).map((p) => p.kind)))
  const sale = micro(told.sale)
  return (
    <section aria-label={t('routes')}>
      <div className="y-head">
        <h3>{t('routes')}</h3>
        <ul className="y-legend">
          {kinds
            .filter((k) => used.has(k))
            .map((k) => (
              <li key={k} title={k === 'rounding' ? t('part_roundingHelp') : undefined}>
                <i className={`y-part y-${k}`} aria-hidden /> {t(`part_${k}`)}
              </li>
            ))}
          {sale > 0n && (
            <li>
              <i className="y-salekey" aria-hidden /> {t('sale', { sale: rate(told.sale!), currency: told.base_currency ?? '' })}
            </li>
          )}
        </ul>
      </div>
      <ol className="y-routes">
        {plan.map((route) => (
          <Route key={`${route.n} ${route.key}`} route={route} told={told} scale={scale} talk={talk} tried={triedAt(route.key, tried)} shown={shown} seen={seen?.get(seenKey(keyOf(route.key).provider, route.tier))} />
        ))}
      </ol>
    </section>
  )
}

function Route({ route, told, scale, talk, tried, shown, seen }: { route: Planned; told: Told; scale: bigint; talk: number; tried: Tried[]; shown?: string; seen?: Seen }) {
  const say = useSay()
  const { t } = say
  const key = keyOf(route.key)
  const loses = told.sale && route.cost && micro(route.cost) > micro(told.sale)
  return (
    <li className={tried.length > 0 ? 'y-tried' : undefined}>
      <span className="y-n" aria-hidden>
        {route.n}
      </span>
      <div className="y-route">
        <div className="y-line">
          <span className="y-name">
            {key.provider && route.provider ? (
              <Anchor component={Link} href={`/providers/${key.provider}`} inherit>
                {route.provider}
              </Anchor>
            ) : (
              say.way(key) || route.key
            )}
            {route.tier && <span className="y-tier">{route.tier}</span>}
          </span>
          {tried.map((a, n) => (
            <StatusBadge key={n} status={a.result}>
              {a.result === 'answered' ? t('carried') : say.result(a.result, a.sip_status)}
            </StatusBadge>
          ))}
          <span className="t-spring" />
          {route.cost && (
            <span className={loses ? 't-bad' : undefined}>
              <Money value={route.cost} currency={told.base_currency} kind="rate" />
            </span>
          )}
        </div>
        <Bar route={route} told={told} scale={scale} talk={talk} />
        <QualityOf weighed={route.weighed ?? undefined} seen={seen} currency={told.base_currency ?? ''} />
        <div className="y-small">
          <Reasons route={route} told={told} shown={shown} />
        </div>
      </div>
    </li>
  )
}

// Bar is one cost on the scale of all; the line is what the account pays.
function Bar({ route, told, scale, talk }: { route: Planned; told: Told; scale: bigint; talk: number }) {
  const { t, rate } = useSay()
  const parts = partsOf(route, talk)
  if (parts.length === 0 || scale <= 0n) return null
  const currency = told.base_currency ?? ''
  const words = parts.map((p) => t('partOf', { part: t(`part_${p.kind}`), cost: rate(decimal(p.cost)) })).join(', ')
  const label = t('barOf', { cost: rate(route.cost!), currency, parts: words })
  const sale = micro(told.sale)
  return (
    <div className="y-bar" role="img" aria-label={label} title={label}>
      {parts.map((p) => (
        <span key={p.kind} className={`y-part y-${p.kind}`} style={{ width: `${share(p.cost, scale) * 100}%` }} />
      ))}
      {sale > 0n && sale <= scale && <span className="y-sale" style={{ left: `${share(sale, scale) * 100}%` }} />}
    </div>
  )
}

// Reasons are the reasons of one place, each a few words.
function Reasons({ route, told, shown }: { route: Planned; told: Told; shown?: string }) {
  const say = useSay()
  const { t } = say
  const key = keyOf(route.key)
  const p = route.price
  const list: React.ReactNode[] = []
  if (route.preferred_by) {
    const rule = ruleOf(route.preferred_by)
    const to = rule && addressOfRule(rule.table, rule.id)
    const text = t('place_rule', { rule: say.rule(route.preferred_by) })
    list.push(
      to ? (
        <Anchor component={Link} href={to} inherit>
          {text}
        </Anchor>
      ) : (
        text
      ),
    )
  }
  const compared = say.compared(route, told)
  if (compared) list.push(compared)
  if (!p && route.reason) list.push(<span lang="en">{route.reason}</span>)
  if (p) {
    list.push(t('price', { rate: say.rate(p.per_minute), currency: p.currency, first: String(p.first_s), next: String(p.next_s), prefix: p.prefix }))
    if (micro(p.minimum_charge) > 0n) list.push(t('price_minimum', { sum: say.rate(p.minimum_charge) }))
    if (p.grace_s) list.push(t('price_grace', { s: p.grace_s }))
    if (p.free_s) list.push(t('price_free', { s: p.free_s }))
    if (p.steps) list.push(t('price_steps', { steps: p.steps }))
    if (p.currency !== told.base_currency) list.push(t('price_converted', { native: say.rate(p.expected), currency: p.currency }))
    if (p.deck) {
      list.push(
        <Anchor component={Link} href={`/decks/${p.deck}`} inherit>
          {t('deck', { id: String(p.deck) })}
        </Anchor>,
      )
    }
  }
  if (key.provider && (key.gate || key.address)) {
    const tab = key.gate ? 'gates' : 'addresses'
    list.push(
      <Anchor component={Link} href={`/providers/${key.provider}?tab=${tab}&open=${key.gate ?? key.address}`} inherit title={route.dial}>
        {say.way(key)}
      </Anchor>,
    )
  }
  if (route.cli && route.cli !== shown) {
    list.push(
      <>
        {t('showsOther')} <PhoneNumber value={route.cli} />
      </>,
    )
  }
  return list.map((item, n) => (
    <span key={n}>
      {n > 0 && <span aria-hidden> · </span>}
      {item}
    </span>
  ))
}
