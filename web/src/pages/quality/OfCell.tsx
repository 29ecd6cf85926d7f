// What there is to say of the cell that one looks at.
import { Anchor } from '@mantine/core'
import { Link } from 'wouter'
import { Facts, Section, useUrl } from '../../ui'
import { addressOf, causesFit, type Asked } from './asked'
import { behind } from './behind'
import { BlameBar } from './BlameBar'
import { unitOf, useMember } from './columns'
import type { ColumnsBy } from './Heat'
import type { At } from './HeatTable'
import type { Measure } from './measures'
import { useQualityText } from './text'
import type { Watched } from './tone'
import type { HeatOf } from './useReport'
import { Value } from './Value'

const told: Measure[] = ['asr', 'ner', 'acd', 'pdd_p50', 'short', 'bids', 'margin']

export function OfCell({ data, at, columns, asked, watched }: { data: HeatOf; at: At | undefined; columns: ColumnsBy; asked: Asked; watched: Watched }) {
  const t = useQualityText()
  const member = useMember()
  const [params] = useUrl()
  const cell = at && data.cells.find((c) => c.row === at.row && c.column === at.column)
  if (!cell) return <Section title={t('cell')}>{<p className="t-dim q-hint">{t('cellHelp')}</p>}</Section>
  const [row, column] = [data.rows[cell.row]!, data.columns[cell.column]!]
  const by = { provider: row.value, [columns]: column.value }
  return (
    <Section title={`${row.name ?? `#${row.value}`} → ${member(columns, column.value)}`}>
      <Facts columns={2} rows={told.map((m) => [unitOf(t(`m_${m}`), m, t), <Value m={m} of={cell} before={cell.before} changed={cell.changed} watched={watched} href={behind(asked.range, asked.where, by, m)} />])} />
      <BlameBar of={cell} />
      <div className="q-links">
        <Anchor component={Link} href={behind(asked.range, asked.where, by)} size="sm">
          {t('behindAll')}
        </Anchor>
        <Anchor component={Link} href={addressOf('/quality/time', params, by)} size="sm">
          {t('view_time')}
        </Anchor>
        {causesFit(by) && causesFit(asked.where) && (
          <Anchor component={Link} href={addressOf('/quality/causes', params, by)} size="sm">
            {t('view_causes')}
          </Anchor>
        )}
        <Anchor component={Link} href={`/providers/${row.value}`} size="sm">
          {t('providerPage')}
        </Anchor>
      </div>
    </Section>
  )
}
