// Postings as lines of a table.
import { Anchor, Table } from '@mantine/core'
import { Link } from 'wouter'
import type { Schema } from '../../api'
import { Money, When, Wide } from '../../ui'
import { useMoney } from './text'

type Posting = Schema<'Posting'>

export function Postings({ list, own }: { list: Posting[]; own?: boolean }) {
  const t = useMoney()
  if (list.length === 0) return <p className="t-dim">{t('statementEmpty')}</p>
  const balances = list.some((p) => p.balance !== undefined)
  return (
    <Wide label={t('lastPostings')} width={480}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('at')}</Table.Th>
            <Table.Th>{t('what')}</Table.Th>
            <Table.Th>{t('note')}</Table.Th>
            <Table.Th ta="right">{t('sum')}</Table.Th>
            {balances && <Table.Th ta="right">{t('balanceAfter')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((p) => (
            <Table.Tr key={p.id}>
              <Table.Td>
                <When at={p.at} />
              </Table.Td>
              <Table.Td>
                {t(`posting_${p.kind}`)}
                {p.call_id && !own && (
                  <>
                    {' · '}
                    <Anchor component={Link} href={`/calls/${encodeURIComponent(p.call_id)}`} inherit>
                      {t('call')}
                    </Anchor>
                  </>
                )}
              </Table.Td>
              <Table.Td className="t-dim">{p.note}</Table.Td>
              <Table.Td ta="right">
                <Money value={p.sum ?? p.amount} currency={p.currency} kind="rate" signed={p.sum !== undefined} />
              </Table.Td>
              {balances && (
                <Table.Td ta="right">
                  <Money value={p.balance} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}
