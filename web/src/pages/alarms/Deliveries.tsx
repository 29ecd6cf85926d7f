// What was told to channels, with every try.
import { Table } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'wouter'
import type { RowOf, Schema } from '../../api'
import { DataTable, Empty, Scroll, StatusBadge, When, type Column, type Tone } from '../../ui'
import { useAlarmText } from './text'

type Row = RowOf<'/alarm-deliveries'>
const tones: Record<Row['state'], Tone> = { waiting: 'busy', sent: 'good', failed: 'bad' }

export function Deliveries() {
  const t = useAlarmText()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'created_at', title: t('created'), width: 165, phoneWidth: 110, render: (d) => <When at={d.created_at} /> },
      { key: 'channel', title: t('channel'), width: 170, phoneWidth: 110, grow: true },
      { key: 'event', title: t('event'), width: 120, phoneWidth: 80, render: (d) => (d.alarm_id > 0 ? <Link href={`/alarms?state=all&open=${d.alarm_id}`}>{t(`e_${d.event}`)}</Link> : t(`e_${d.event}`)) },
      { key: 'state', title: t('dState'), width: 130, phoneWidth: 96, render: (d) => <State of={d} /> },
      { key: 'tries', title: t('tries'), width: 80, right: true, wide: true },
      { key: 'error', title: t('error'), width: 280, wide: true, render: (d) => <Failure of={d} /> },
      { key: 'next_at', title: t('next'), width: 150, wide: true, render: (d) => <When at={d.next_at} /> },
    ],
    [t],
  )
  return (
    <DataTable<'/alarm-deliveries'>
      label={t('tabDeliveries')}
      path="/alarm-deliveries"
      columns={columns}
      rowKey={(d) => d.id}
      filters={[
        { name: 'state', label: t('dState'), width: 140, options: (['waiting', 'sent', 'failed'] as const).map((value) => ({ value, label: t(`d_${value}`) })) },
        { name: 'channel_id', label: t('channel'), width: 170, from: { path: '/alarm-channels' } },
      ]}
      empty={
        <Empty title={t('noDeliveries')} icon="upload">
          {t('noDeliveriesHelp')}
        </Empty>
      }
    />
  )
}

function State({ of }: { of: Schema<'AlarmDelivery'> }) {
  const t = useAlarmText()
  return (
    <StatusBadge status={of.state} tone={tones[of.state]}>
      {t(`d_${of.state}`)}
    </StatusBadge>
  )
}

// The words are the receiver's, or of the way to it.
const Failure = ({ of }: { of: Schema<'AlarmDelivery'> }) => (of.error ? <span lang="en" title={of.error}>{of.error}</span> : <span className="t-dim">–</span>)

/** Told is the list of one alarm. */
export function Told({ list }: { list: Schema<'AlarmDelivery'>[] }) {
  const t = useAlarmText()
  return (
    <Scroll label={t('told')} minWidth={430}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('created')}</Table.Th>
            <Table.Th>{t('channel')}</Table.Th>
            <Table.Th>{t('event')}</Table.Th>
            <Table.Th>{t('dState')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((d) => (
            <Table.Tr key={d.id}>
              <Table.Td>
                <When at={d.created_at} />
              </Table.Td>
              <Table.Td>{d.channel}</Table.Td>
              <Table.Td>{t(`e_${d.event}`)}</Table.Td>
              <Table.Td>
                <State of={d} />
                {d.error && (
                  <div className="t-dim t-break" lang="en">
                    {d.error}
                  </div>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}
