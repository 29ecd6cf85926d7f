// Who is rung when a call belongs to nobody.
import { useMemo } from 'react'
import type { RowOf } from '../../api'
import { Empty, Page, PhoneNumber, type Column, type FormItem } from '../../ui'
import { Crud } from '../routing/Crud'
import { dutyBody, dutyValues, type DutyValues } from './dutyForm'
import { useNumbers } from './text'

type Row = RowOf<'/duty-operators'>

export default function Duty() {
  const t = useNumbers()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'subscriber', title: t('dutyRings'), sort: true, width: 200, phoneWidth: 120 },
      { key: 'for', title: t('dutyFor'), width: 260, phoneWidth: 180, grow: true, render: (d) => (d.number ? <PhoneNumber value={d.number} /> : d.server) },
    ],
    [t],
  )
  const fields = (d?: Row): FormItem<DutyValues>[] => [
    { name: 'subscriber_id', label: t('dutyRings'), help: t('dutyRingsHelp'), kind: 'reference', path: '/subscribers', labelOf: ((s: RowOf<'/subscribers'>) => s.login) as never, current: d?.subscriber, required: true, full: true },
    { name: 'of', label: t('dutyFor'), kind: 'select', required: true, options: (['server', 'number'] as const).map((value) => ({ value, label: t(`dutyFor_${value}`) })) },
    { name: 'server_id', label: t('server'), kind: 'reference', path: '/servers', current: d?.server || undefined, required: true, show: (v) => v.of === 'server' },
    { name: 'number_id', label: t('number'), kind: 'reference', path: '/numbers', labelOf: ((n: RowOf<'/numbers'>) => n.number) as never, current: d?.number || undefined, required: true, show: (v) => v.of === 'number' },
  ]
  return (
    <Page title={t('duty')} state={t('dutyState')} see={[{ href: '/numbers', label: t('title') }]}>
      <Crud<'/duty-operators', DutyValues>
        path="/duty-operators"
        label={t('duty')}
        columns={columns}
        search
        add={t('dutyAdd')}
        addTitle={t('dutyAdd')}
        title={(d) => `${d.subscriber} · ${d.number || d.server}`}
        fields={fields}
        valuesOf={dutyValues}
        bodyOf={dutyBody}
        deleting={() => t('dutyDeleting')}
        empty={
          <Empty title={t('dutyNone')} icon="clock">
            {t('dutyNoneHelp')}
          </Empty>
        }
      />
    </Page>
  )
}
