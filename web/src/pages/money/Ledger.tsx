// Every movement of money. A row opens the posting, where it can be taken back.
import { Alert, Anchor, Button, Drawer, Group, Table } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { newKey, post, useForget, useMe, useRead, type RowOf, type Schema } from '../../api'
import { confirm, DataTable, Empty, Facts, Icon, Loaded, Money, notice, Page, Section, TimeRange, useNarrow, useRange, useWords, When, type Column, type Filter, Wide } from '../../ui'
import { Party } from './party'
import { PayProvider } from './PayProvider'
import { useMoney } from './text'

type Row = RowOf<'/ledger'>

const kinds = ['sale', 'purchase', 'correction', 'topup', 'withdrawal', 'adjustment', 'reversal', 'conversion'] as const

export default function Ledger() {
  const t = useMoney()
  const w = useWords()
  const me = useMe()
  const range = useRange('7d')
  const [paying, setPaying] = useState(false)
  const narrow = useNarrow()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'at', title: t('at'), width: 170, phoneWidth: 88, render: (p) => <When at={p.at} parts={narrow ? 'short' : 'full'} /> },
      { key: 'kind', title: t('kind'), width: 120, wide: true, render: (p) => t(`posting_${p.kind}`) },
      { key: 'debit', title: t('debit'), width: 180, phoneWidth: 76, render: (p) => <Party of={p.debit} /> },
      { key: 'credit', title: t('credit'), width: 180, phoneWidth: 80, render: (p) => <Party of={p.credit} /> },
      { key: 'amount', title: t('amount'), width: 150, phoneWidth: 92, right: true, render: (p) => <Money value={p.amount} currency={p.currency} kind="rate" /> },
      { key: 'note', title: t('note'), grow: true, wide: true },
      { key: 'call_id', title: t('call'), width: 180, hidden: true },
      { key: 'key', title: t('key'), width: 200, hidden: true },
      { key: 'id', title: 'ID', width: 90, right: true, hidden: true },
    ],
    [t, narrow],
  )
  const filters = useMemo<Filter[]>(() => [{ name: 'kind', label: t('kind'), width: 150, options: kinds.map((k) => ({ value: k, label: t(`posting_${k}`) })) }], [t])
  return (
    <Page title={t('ledger')} state={t('ledgerState')} actions={me.governs && <Button onClick={() => setPaying(true)}>{t('payProvider')}</Button>}>
      <Verification />
      <DataTable
        label={t('ledger')}
        path="/ledger"
        columns={columns}
        rowKey={(p) => p.id}
        filters={filters}
        query={{ from: range.from, to: range.to }}
        exportPath="/ledger/export"
        height="max(20rem, calc(100dvh - 24rem))"
        drawer={{ title: (p) => <strong>{`${t(`posting_${p.kind}`)} ${p.id}`}</strong>, content: (p, close) => <Posting of={p} close={close} /> }}
        empty={
          <Empty title={t('ledgerEmpty')} icon="ledger" action={<TimeRange fallback="7d" />}>
            {t('ledgerEmptyHelp')}
          </Empty>
        }
      />
      <Parties />
      <Drawer opened={paying} onClose={() => setPaying(false)} position="right" title={t('payProvider')} closeButtonProps={{ 'aria-label': w('close') }}>
        {paying && <PayProvider close={() => setPaying(false)} />}
      </Drawer>
    </Page>
  )
}

function Posting({ of, close }: { of: Row; close: () => void }) {
  const t = useMoney()
  const me = useMe()
  const forget = useForget()
  const [key] = useState(newKey)
  const reverse = async () => {
    const answer = await confirm({ title: t('reverse'), body: t('reverseHelp'), yes: t('reverse'), danger: true, reason: true })
    if (!answer) return
    try {
      await post('/ledger/{id}/reverse', { at: { id: of.id }, key, body: { note: answer.reason } })
      notice.ok(t('reversed'))
      void forget('/ledger', '/accounts')
      close()
    } catch (error) {
      notice.error(error)
    }
  }
  return (
    <>
      <Facts
        columns={1}
        rows={[
          [t('at'), <When key="at" at={of.at} />],
          [t('debit'), <Party of={of.debit} />],
          [t('credit'), <Party of={of.credit} />],
          [t('amount'), <Money key="amount" value={of.amount} currency={of.currency} kind="rate" />],
          [t('note'), of.note || '–'],
          ...(of.reverses ? ([[t('kind'), t('reverses', { id: of.reverses })]] as [string, string][]) : []),
          ...(of.call_id
            ? ([
                [
                  t('call'),
                  <Anchor key="call" component={Link} href={`/calls/${encodeURIComponent(of.call_id)}`} inherit>
                    {of.call_id}
                  </Anchor>,
                ],
              ] as [string, React.ReactNode][])
            : []),
          [t('key'), <span key="key" className="t-mono t-break">{of.key}</span>],
        ]}
      />
      {me.governs && !of.call_id && (
        <Group justify="flex-end" mt="md">
          <Button variant="outline" color="red" size="xs" onClick={() => void reverse()}>
            {t('reverse')}
          </Button>
        </Group>
      )}
    </>
  )
}

function Parties() {
  const t = useMoney()
  const rows = useRead('/ledger/parties').data?.items ?? []
  if (rows.length === 0) return null
  return (
    <Section title={t('parties')} help={t('partiesHelp')}>
      <Wide label={t('parties')} width={320}>
        <Table verticalSpacing={6}>
          <Table.Tbody>
            {rows.map((p) => (
              <Table.Tr key={`${p.party.kind}${p.party.id ?? ''}${p.currency}`}>
                <Table.Td>{t(`party_${p.party.kind}`)}</Table.Td>
                <Table.Td>{p.party.id ? <Party of={p.party} /> : ''}</Table.Td>
                <Table.Td ta="right">
                  <Money value={p.sum} currency={p.currency} signed />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </Section>
  )
}

function Verification() {
  const t = useMoney()
  const me = useMe()
  const forget = useForget()
  const [busy, setBusy] = useState(false)
  const last = useRead('/ledger/verification')
  const verify = async () => {
    setBusy(true)
    try {
      await post('/ledger/verification')
      await forget('/ledger/verification')
    } catch (error) {
      notice.error(error)
    }
    setBusy(false)
  }
  const again = me.governs && (
    <Button size="compact-xs" variant="default" loading={busy} onClick={() => void verify()}>
      {t('verifyNow')}
    </Button>
  )
  if (last.error) return <Verdict good text={t('verifyNever')} action={again} />
  return <Loaded from={last} lines={1}>{(v) => <Outcome of={v} action={again} />}</Loaded>
}

function Outcome({ of, action }: { of: Schema<'Verified'>; action: React.ReactNode }) {
  const t = useMoney()
  const findings = of.findings ?? []
  if (findings.length === 0)
    return (
      <Verdict
        good
        action={action}
        text={
          <>
            {t('verified', { postings: of.postings, calls: of.calls, accounts: of.accounts, at: '' })}
            <When at={of.ended_at} />
          </>
        }
      />
    )
  return (
    <Verdict
      action={action}
      text={
        <>
          <strong>{t('findings', { count: findings.length + of.more })}</strong>
          <ul lang="en">
            {findings.map((f, n) => (
              <li key={n}>{`${f.kind}: ${f.detail}`}</li>
            ))}
          </ul>
        </>
      }
    />
  )
}

function Verdict({ good, text, action }: { good?: boolean; text: React.ReactNode; action: React.ReactNode }) {
  const t = useMoney()
  return (
    <Alert role={good ? 'status' : 'alert'} color={good ? 'gray' : 'red'} variant="light" icon={<Icon name={good ? 'check' : 'warning'} />} title={t('verification')} mb="sm">
      <Group gap="sm">
        <span>{text}</span>
        {action}
      </Group>
    </Alert>
  )
}
