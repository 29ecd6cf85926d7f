// The sheet as it was read: the guess over its first rows, to be corrected in place.
import { Anchor, Button, NativeSelect, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { put, useForget, useMe, type Schema } from '../../api'
import { FieldForm, format, notice, Section, type FormItem, Wide } from '../../ui'
import { knows, useDecks } from './text'

type Sheet = Schema<'ReadSheet'>
type Settings = Schema<'ImportSettings'>

export function Columns({ of }: { of: Sheet }) {
  const t = useDecks()
  const me = useMe()
  const forget = useForget()
  const [chosen, setChosen] = useState<Record<number, string>>({})
  const [busy, setBusy] = useState(false)
  const sheet = of.sheet
  const changed = Object.keys(chosen).length > 0
  const correct = (settings: Settings) =>
    put('/imports/{id}/columns', {
      at: { id: of.id },
      body: { columns: sheet?.columns.map((c) => ({ index: c.index, field: chosen[c.index] ?? c.field })), settings },
    })
  const readAgain = async () => {
    setBusy(true)
    try {
      await correct(of.settings)
      await forget('/imports')
    } catch (error) {
      notice.error(error)
    }
    setBusy(false)
  }
  return (
    <>
      {sheet && (
        <Section
          title={t('step_columns')}
          help={t('columnsHelp')}
          actions={
            changed && (
              <Button size="xs" loading={busy} onClick={() => void readAgain()}>
                {t('readAgain')}
              </Button>
            )
          }
        >
          <Text size="sm" c="dimmed">
            {t('lines', { count: sheet.lines, rates: format.count(sheet.rates) })}
            {sheet.skipped_total > 0 && ` · ${t('skipped', { count: sheet.skipped_total })}`}
          </Text>
          {of.same_file_as && (
            <Anchor component={Link} href={`/decks/${of.same_file_as.id}`} size="sm">
              {t('sameFile', { id: of.same_file_as.id })}
            </Anchor>
          )}
          <Wide label={t('step_columns')} width={320}>
            <Table verticalSpacing={4} className="k-sheet">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('line')}</Table.Th>
                  {sheet.columns.map((c) => (
                    <Table.Th key={c.index}>
                      <NativeSelect
                        size="xs"
                        aria-label={c.header || c.letter}
                        disabled={!me.operates}
                        value={chosen[c.index] ?? c.field}
                        onChange={(e) => setChosen({ ...chosen, [c.index]: e.currentTarget.value })}
                        data={sheet.fields.map((f) => ({ value: f, label: knows(`f_${f}`) ? t(`f_${f}` as 'f_prefix') : f }))}
                      />
                      <Text size="xs" c="dimmed" title={c.why}>
                        {c.header || c.letter}
                        {c.field !== 'ignore' && !chosen[c.index] && ` · ${t('sure', { percent: c.confidence })}`}
                      </Text>
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {of.rows.map((r) => (
                  <Table.Tr key={r.line}>
                    <Table.Td className="t-dim">{r.line}</Table.Td>
                    {sheet.columns.map((c) => (
                      <Table.Td key={c.index} className={(chosen[c.index] ?? c.field) === 'ignore' ? 'k-unused' : 'k-used'}>
                        {r.cells[c.index - 1]}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Wide>
          {sheet.notes.length > 0 && (
            <details>
              <summary>{t('notes')}</summary>
              <ul lang="en">
                {sheet.notes.map((n, i) => (
                  <li key={i}>{n.line ? `${t('line')} ${n.line}: ${n.text}` : n.text}</li>
                ))}
              </ul>
            </details>
          )}
        </Section>
      )}
      {me.operates && (
        <Section title={t('settings')}>
          <HowToRead of={of} save={correct} />
        </Section>
      )}
    </>
  )
}

function HowToRead({ of, save }: { of: Sheet; save: (v: Settings) => Promise<unknown> }) {
  const t = useDecks()
  const forget = useForget()
  const fields: FormItem<Settings>[] = [
    { name: 'partial', label: t('partial'), help: t('partialHelp'), kind: 'switch' },
    { name: 'effective', label: t('effective'), help: t('effectiveHelp') },
    { name: 'decimal', label: t('decimal'), placeholder: of.sheet?.decimal },
    { name: 'dates', label: t('dates'), help: t('datesHelp'), placeholder: of.sheet?.dates },
    { name: 'time_zone', label: t('zone'), placeholder: 'UTC' },
    { name: 'first', label: t('firstS'), kind: 'integer' },
    { name: 'next', label: t('nextS'), kind: 'integer' },
    { name: 'max_price', label: t('maxPrice'), kind: 'money' },
    { name: 'worksheet', label: t('worksheet'), show: () => of.sheet?.format === 'xlsx', placeholder: of.sheet?.worksheet },
    { name: 'comment', label: t('comment'), full: true },
  ]
  return <FieldForm<Settings> initial={of.settings} fields={fields} verb={t('readAgain')} saidSaved="" save={save} onSaved={() => void forget('/imports')} />
}
