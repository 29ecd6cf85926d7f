// The money of a call: what it was charged by, and every posting.
import { Alert, Anchor, Table } from '@mantine/core'
import { Link } from 'wouter'
import type { Schema } from '../../api'
import { Icon, Money, When, format } from '../../ui'
import { useCalls } from './text'
import type { CallStory } from './Story'

export function MoneyOfCall({ story }: { story: CallStory }) {
  const t = useCalls()
  const { terms, postings, line } = story
  const routes = (terms?.routes ?? []).filter((r) => r.cost || r.sale)
  // Of all the routes whose prices were fixed, those that were bid to.
  const used = routes.filter((r) => story.bids.some((b) => b.route === r.key))
  return (
    <>
      {line.problem && (
        <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t('problem')} mb="sm">
          <span lang="en">{line.problem}</span>
        </Alert>
      )}
      {terms && (
        <dl className="c-terms">
          {terms.sale && <Terms label={t('termsSale')} price={terms.sale} />}
          {used.map((r) => (
            <RouteTerms key={r.key} of={r} name={story.bids.find((b) => b.route === r.key)?.provider ?? r.key} />
          ))}
        </dl>
      )}
      {postings.length === 0 ? <p className="t-dim c-none">{line.disposition === 'in_progress' ? t('postingsLater') : t('postingsNone')}</p> : <Postings list={postings} />}
    </>
  )
}

function RouteTerms({ of, name }: { of: Schema<'RouteTerms'>; name: string }) {
  const t = useCalls()
  return (
    <>
      {of.sale && <Terms label={t('termsSaleBy', { name })} price={of.sale} />}
      {of.cost && <Terms label={t('termsCost', { name })} price={of.cost} />}
    </>
  )
}

function Terms({ label, price }: { label: string; price: Schema<'Price'> }) {
  const t = useCalls()
  const rate = price.rates[0]
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {rate ? t('termsRate', { rate: format.money(rate.per_minute, 'rate'), currency: price.card_currency, first: String(rate.first_s), next: String(rate.next_s) }) : '–'}
        {rate && isSum(rate.connection_fee) && `, ${t('termsFee', { sum: format.money(rate.connection_fee, 'rate') })}`}
        {rate && isSum(rate.attempt_fee) && `, ${t('termsAttempt', { sum: format.money(rate.attempt_fee, 'rate') })}`}
        {rate && isSum(rate.minimum_charge) && `, ${t('termsMinimum', { sum: format.money(rate.minimum_charge, 'rate') })}`}
        <span className="t-dim">
          {' '}
          {price.prefix && t('termsPrefix', { prefix: price.prefix })}
          {price.rates.length > 1 && ` · ${t('termsMore', { count: price.rates.length - 1 })}`}
          {price.card_currency !== price.currency && ` · ${t('termsFX', { card: price.card_currency, currency: price.currency, from: price.per_eur, to: price.per_eur_charged })}`}
          {price.deck ? (
            <>
              {' · '}
              <Anchor component={Link} href={`/decks/${price.deck}`} inherit>
                {t('deck', { id: String(price.deck) })}
              </Anchor>
            </>
          ) : null}
        </span>
      </dd>
    </div>
  )
}

const isSum = (text: string) => /[1-9]/.test(text)

function Postings({ list }: { list: Schema<'Posting'>[] }) {
  const t = useCalls()
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing={6} className="c-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('at')}</Table.Th>
            <Table.Th>{t('posting')}</Table.Th>
            <Table.Th>{t('debit')}</Table.Th>
            <Table.Th>{t('credit')}</Table.Th>
            <Table.Th ta="right">{t('amount')}</Table.Th>
            <Table.Th>{t('note')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((p) => (
            <Table.Tr key={p.id}>
              <Table.Td>
                <When at={p.at} />
              </Table.Td>
              <Table.Td>{t(`posting_${p.kind}`)}</Table.Td>
              <Table.Td>
                <Party of={p.debit} />
              </Table.Td>
              <Table.Td>
                <Party of={p.credit} />
              </Table.Td>
              <Table.Td ta="right">
                <Money value={p.amount} currency={p.currency} kind="rate" />
              </Table.Td>
              <Table.Td className="t-dim">{p.note}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Party({ of }: { of: Schema<'Party'> }) {
  const t = useCalls()
  const to = of.kind === 'customer' ? `/accounts/${of.id}` : of.kind === 'provider' ? `/providers/${of.id}` : undefined
  if (!to) return <>{t(`party_${of.kind}`)}</>
  return (
    <Anchor component={Link} href={to} inherit>
      {of.name || of.id}
    </Anchor>
  )
}
