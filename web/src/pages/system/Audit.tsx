// Who changed what. A row opens the change, field by field.
import { Table, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useRead, type RowOf } from '../../api'
import { DataTable, Empty, Loaded, Page, TimeRange, useNarrow, useRange, When, type Column, type Filter, Wide } from '../../ui'
import { differences } from './differences'
import { useAuditWords, useSystem } from './text'

type Row = RowOf<'/audit'>

export default function Audit() {
  const t = useSystem()
  const words = useAuditWords()
  const range = useRange('7d')
  const narrow = useNarrow()
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'at', title: t('at'), width: 180, phoneWidth: 88, render: (c) => <When at={c.at} parts={narrow ? 'short' : 'full'} /> },
      { key: 'actor', title: t('actor'), width: 160, phoneWidth: 78, render: (c) => (c.key_id ? `${c.actor} · ${t('byKey', { id: c.key_id })}` : c.actor) },
      { key: 'action', title: t('action'), width: 150, phoneWidth: 84, render: (c) => words.action(c.action) },
      { key: 'kind', title: t('kind'), width: 140, wide: true, render: (c) => words.kind(c.kind) },
      { key: 'name', title: t('object'), grow: true, phoneWidth: 100, render: (c) => c.name || c.object_id },
      { key: 'address', title: t('address'), width: 150, wide: true },
    ],
    [t, words, narrow],
  )
  const filters = useMemo<Filter[]>(
    () => [
      { name: 'actor', label: t('actor'), width: 140 },
      { name: 'action', label: t('action'), width: 170, options: words.actions },
      { name: 'kind', label: t('kind'), width: 160, options: words.kinds },
      { name: 'id', label: t('object'), width: 120 },
    ],
    [t, words],
  )
  return (
    <Page title={t('audit')} state={t('auditState')}>
      <DataTable
        label={t('audit')}
        path="/audit"
        columns={columns}
        rowKey={(c) => c.id}
        filters={filters}
        query={{ from: range.from, to: range.to }}
        exportPath="/audit/export"
        drawer={{ title: (c) => <strong>{`${words.action(c.action)} · ${words.kind(c.kind)} · ${c.name || c.object_id || ''}`}</strong>, content: (c) => <Change id={c.id} />, size: 'min(860px, 100%)' }}
        empty={
          <Empty title={t('auditEmpty')} icon="audit" action={<TimeRange fallback="7d" />}>
            {t('auditEmptyHelp')}
          </Empty>
        }
      />
    </Page>
  )
}

function Change({ id }: { id: number }) {
  const t = useSystem()
  const change = useRead('/audit/{id}', undefined, { at: { id } })
  return (
    <Loaded from={change}>
      {(c) => {
        const rows = differences(c.before, c.after)
        if (rows.length === 0)
          return (
            <Text size="sm" c="dimmed">
              {t('nothingThere')}
            </Text>
          )
        return (
          <Wide label={t('audit')} width={420}>
            <Table verticalSpacing={6} layout="fixed">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('field')}</Table.Th>
                  <Table.Th>{t('before')}</Table.Th>
                  <Table.Th>{t('after')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((r) => (
                  <Table.Tr key={r.field}>
                    <Table.Td className="t-mono">{r.field}</Table.Td>
                    <Table.Td className="t-break t-dim">{r.before ?? '–'}</Table.Td>
                    <Table.Td className="t-break">{r.after ?? '–'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Wide>
        )
      }}
    </Loaded>
  )
}
