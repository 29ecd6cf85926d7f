// What became of numbers that were changed together, or what would.
import { Stack, Table, Text } from '@mantine/core'
import type { Schema } from '../../api'
import { PhoneNumber } from '../../ui'
import { useNumbers } from './text'

type NumberReport = Pick<Schema<'NumberReport'>, 'preview' | 'created' | 'changed' | 'deleted' | 'unchanged' | 'refused' | 'items' | 'refusals'>

/** touched is how many numbers a report changes. */
export const touched = (r: NumberReport) => r.created + r.changed + r.deleted

/** Summary is the report in a sentence. */
export function useSummary() {
  const t = useNumbers()
  return (r: NumberReport) => {
    const parts = r.preview
      ? [r.created && t('wouldCreate', { count: r.created }), r.changed && t('wouldChange', { count: r.changed }), r.deleted && t('wouldDelete', { count: r.deleted })]
      : [r.created && t('didCreate', { count: r.created }), r.changed && t('didChange', { count: r.changed }), r.deleted && t('didDelete', { count: r.deleted })]
    const said = [...parts, r.unchanged && t('wouldStay', { count: r.unchanged }), r.refused && t('wouldRefuse', { count: r.refused })].filter(Boolean)
    const text = `${said.join('; ')}.`
    return said.length > 0 ? text.charAt(0).toLocaleUpperCase() + text.slice(1) : t('nothingWould')
  }
}

export function Report({ report }: { report: NumberReport }) {
  const t = useNumbers()
  const summary = useSummary()
  return (
    <Stack gap="sm">
      <Text fw={600} role="status">
        {summary(report)}
      </Text>
      {report.refusals.length > 0 && <Rows title={t('refusals')} note={t('why')} rows={report.refusals} of={report.refused} />}
      {report.items.length > 0 && <Rows title={t('changes')} note={t('what')} rows={report.items} of={touched(report)} />}
    </Stack>
  )
}

function Rows({ title, note, rows, of }: { title: string; note: string; rows: Schema<'NumberChange'>[]; of: number }) {
  const t = useNumbers()
  return (
    <section aria-label={title}>
      <Table.ScrollContainer minWidth={300} mah={320}>
        <Table verticalSpacing={4} stickyHeader fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={190}>{t('number')}</Table.Th>
              <Table.Th>{note}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.number}>
                <Table.Td>
                  <PhoneNumber value={row.number} />
                </Table.Td>
                <Table.Td>
                  <What of={row} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {of > rows.length && (
        <Text size="sm" c="dimmed">
          {t('first', { count: rows.length })}
        </Text>
      )}
    </section>
  )
}

function What({ of }: { of: Schema<'NumberChange'> }) {
  const t = useNumbers()
  if (of.reason) return <span lang="en">{of.reason}</span>
  if (of.action === 'create') return <span className="t-good">{t('isNew')}</span>
  if (of.action === 'delete') return <span className="t-bad">{t('goes')}</span>
  const changes = of.changes ?? []
  // A name tells more than its id: account beside account_id.
  const shown = changes.filter((c) => !(c.field.endsWith('_id') && changes.some((d) => d.field === c.field.slice(0, -3))))
  return (
    <>
      {shown.map((c, n) => (
        <span key={c.field}>
          {n > 0 && '; '}
          {c.field}: <s className="t-dim">{text(c.before)}</s> → {text(c.after)}
        </span>
      ))}
    </>
  )
}

const text = (value: unknown) => (value === null || value === undefined || value === '' ? '–' : String(value))
