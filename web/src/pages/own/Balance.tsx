// The customer's own money, moving with the calls; for an agent the calls alone.
import { Alert } from '@mantine/core'
import { useState } from 'react'
import { useMe, useRead, useTopic, type Schema } from '../../api'
import { Facts, Figure, Icon, Loaded, Money, Page, Section } from '../../ui'
import { useProblems } from '../../ui/problems'
import { LiveCalls } from '../money/LiveCalls'
import { useMoney } from '../money/text'
import { useOwn } from './text'

type Own = Schema<'LiveOwn'>

export default function Balance() {
  const t = useOwn()
  const me = useMe()
  const m = useMoney()
  const say = useProblems()
  const [live, setLive] = useState<Own>()
  useTopic<Own>('mine', setLive)
  return (
    <Page title={me.role === 'customer' ? t('balance') : m('live')} state={me.role === 'customer' ? t('balanceState') : t('agentState')}>
      {me.role === 'customer' && <Now live={live?.account ?? undefined} />}
      {(live?.problems ?? []).map((p) => (
        <Alert key={p} color="yellow" variant="light" icon={<Icon name="warning" />} role="status" lang={say(p).lang}>
          {say(p).text}
        </Alert>
      ))}
      <Section title={m('live')}>
        <LiveCalls calls={live?.calls ?? []} />
      </Section>
      {me.role === 'customer' && <Limits />}
    </Page>
  )
}

function Now({ live }: { live?: Schema<'LiveAccount'> }) {
  const t = useOwn()
  const m = useMoney()
  const read = useRead('/mine/balance', undefined, { every: 30_000 })
  return (
    <Loaded from={read} lines={2}>
      {(b) => {
        const now = live ?? b
        return (
          <>
            {now.low && (
              <Alert color="yellow" variant="light" icon={<Icon name="warning" />} role="status">
                {t('low')}
              </Alert>
            )}
            <div className="t-figures">
              <Figure label={m('balance')} value={<Money value={now.balance} currency={b.currency} />} tone={now.low ? 'warn' : undefined} />
              <Figure label={m('held')} value={<Money value={now.held} currency={b.currency} />} note={m('heldHelp')} />
              <Figure label={m('available')} value={now.available === null ? m('noLimit') : <Money value={now.available} currency={b.currency} />} />
              <Figure label={m('spentToday')} value={<Money value={b.spent_today} currency={b.currency} />} />
            </div>
          </>
        )
      }}
    </Loaded>
  )
}

function Limits() {
  const t = useOwn()
  const m = useMoney()
  const account = useRead('/mine/account')
  return (
    <Section title={t('limitsOf')}>
      <Loaded from={account} lines={3}>
        {(a) => (
          <Facts
            rows={[
              [t('payment'), m(a.payment)],
              [t('tariff'), a.tariff ?? '–'],
              [t('dailyLimit'), a.daily_limit === null ? m('noLimit') : <Money key="d" value={a.daily_limit} currency={a.currency} />],
              [t('callLimit'), a.call_limit === null ? m('noLimit') : <Money key="c" value={a.call_limit} currency={a.currency} />],
              [t('channels'), a.channels === 0 ? m('noLimit') : a.channels],
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
