// One account: money moving with its calls, statement, settings.
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useParams } from 'wouter'
import { useMe, useRecord, useTopic, type Schema } from '../../api'
import { Figure, Loaded, Money, Page, Section, StatusBadge, UrlTabs } from '../../ui'
import { Telephones } from '../servers/Telephones'
import { AccountSettings } from './AccountForm'
import { LiveCalls } from './LiveCalls'
import { Move, type MoveKind } from './Move'
import { Postings } from './Postings'
import { Statement } from './Statement'
import { useMoney } from './text'

export default function AccountPage() {
  const { id = '' } = useParams<{ id: string }>()
  const account = useRecord('/accounts/{id}', { id: Number(id) })
  return <Loaded from={account}>{({ value, etag }) => <Shown account={value} etag={etag} />}</Loaded>
}

function Shown({ account, etag }: { account: Schema<'AccountShown'>; etag: string }) {
  const t = useMoney()
  const me = useMe()
  const [moving, setMoving] = useState<MoveKind>()
  const moves: MoveKind[] = ['topup', 'withdraw', 'adjust']
  const words = { topup: t('topUp'), withdraw: t('withdraw'), adjust: t('adjust') }
  return (
    <Page
      title={account.name}
      crumb={{ href: '/accounts', label: t('accounts') }}
      state={
        <Group gap="xs">
          <StatusBadge status={account.enabled ? 'enabled' : 'disabled'} />
          <span>{[t(account.payment), account.tariff].filter(Boolean).join(' · ')}</span>
        </Group>
      }
      actions={
        me.governs &&
        account.money && (
          <Group gap="xs">
            {moves.map((m) => (
              <Button key={m} variant={m === 'topup' ? 'filled' : 'default'} onClick={() => setMoving(m)}>
                {words[m]}
              </Button>
            ))}
          </Group>
        )
      }
      see={[
        { href: `/calls?account_id=${account.id}`, label: t('records') },
        { href: `/quality?by=country&account=${account.id}`, label: t('quality') },
        { href: `/numbers?account_id=${account.id}`, label: t('numbers') },
        ...(account.tariff_id ? [{ href: '/tariffs', label: account.tariff ?? t('tariff') }] : []),
      ]}
    >
      <UrlTabs
        tabs={[
          { key: 'money', label: t('overview'), content: () => <Now account={account} /> },
          { key: 'statement', label: t('statement'), content: () => <Statement path="/accounts/{id}/statement" exportPath="/accounts/{id}/statement/export" at={{ id: account.id }} /> },
          { key: 'telephones', label: t('telephones'), content: () => <Telephones account={{ id: account.id, name: account.name }} /> },
          {
            key: 'settings',
            label: t('settings'),
            content: () => (
              <Section>
                <AccountSettings account={account} etag={etag} />
              </Section>
            ),
          },
        ]}
      />
      {moving && <Move account={account} kind={moving} title={words[moving]} close={() => setMoving(undefined)} />}
    </Page>
  )
}

type Own = Schema<'LiveOwn'>

/** Now is the money as it stands, moving with the calls. */
function Now({ account }: { account: Schema<'AccountShown'> }) {
  const t = useMoney()
  const [live, setLive] = useState<Own>()
  useTopic<Own>(`account:${account.id}`, setLive)
  const m = live?.account ?? account.money
  const currency = account.currency
  return (
    <>
      {m ? (
        <div className="t-figures">
          <Figure label={t('balance')} value={<Money value={m.balance} currency={currency} />} note={m.low ? t('low') : undefined} tone={m.low ? 'warn' : undefined} />
          <Figure label={t('held')} value={<Money value={m.held} currency={currency} />} note={t('heldHelp')} />
          <Figure label={t('available')} value={m.available === null ? t('noLimit') : <Money value={m.available} currency={currency} />} />
          {account.money && <Figure label={t('spentToday')} value={<Money value={account.money.spent_today} currency={currency} />} note={account.daily_limit ? <Limit of={account.daily_limit} currency={currency} /> : undefined} />}
        </div>
      ) : (
        <p className="t-dim">{t('noBalance')}</p>
      )}
      <Section title={t('live')}>
        <LiveCalls calls={live?.calls ?? []} />
      </Section>
      <Section title={t('lastPostings')}>
        <Postings list={account.postings} />
      </Section>
    </>
  )
}

function Limit({ of, currency }: { of: string; currency?: string }) {
  const t = useMoney()
  return (
    <>
      {t('dailyLimit')} <Money value={of} currency={currency} />
    </>
  )
}
