// Calls in progress of one account, with what they have come to.
import { Table } from '@mantine/core'
import { useMe, type Schema } from '../../api'
import { Duration, Money, PhoneNumber, Running, StatusBadge, useSecond, Wide } from '../../ui'
import { useMoney } from './text'

export function LiveCalls({ calls }: { calls: Schema<'LiveCall'>[] }) {
  const t = useMoney()
  const money = useMe().role !== 'agent' // agents see none
  if (calls.length === 0) return <p className="t-dim">{t(money ? 'liveNone' : 'liveNoneAgent')}</p>
  return (
    <Wide label={t('live')} width={420}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('to')}</Table.Th>
            <Table.Th>{t('state')}</Table.Th>
            <Table.Th ta="right">{t('since')}</Table.Th>
            {money && <Table.Th ta="right">{t('cost')}</Table.Th>}
            {money && <Table.Th ta="right">{t('left')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((c) => (
            <Table.Tr key={c.call_id}>
              <Table.Td>
                <PhoneNumber value={c.b} />
              </Table.Td>
              <Table.Td>
                <StatusBadge status={c.state} />
              </Table.Td>
              <Table.Td ta="right">
                {c.state === 'talking' && !c.answered_at ? '–' : <Running since={c.answered_at ?? c.began_at} />}
              </Table.Td>
              {money && <Table.Td ta="right">{c.sold ? <Money value={c.cost} currency={c.currency} kind="rate" /> : '–'}</Table.Td>}
              {money && (
                <Table.Td ta="right">
                  <Left until={c.limited ? c.paid_until : undefined} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}

function Left({ until }: { until?: string }) {
  const now = useSecond()
  if (!until) return <>–</>
  return <Duration seconds={Math.max(0, Math.round(Date.parse(until) / 1000 - now))} />
}
