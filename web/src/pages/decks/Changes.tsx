// What a deck would change: counts, how prices move, what costs most, what would lose.
import { Alert, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Schema } from '../../api'
import { Figure, format, Icon, Money, Section, Wide } from '../../ui'
import { useDecks } from './text'

type Preview = Schema<'DeckPreview'>

/** Changes shows a preview; later: of a deck that is to be in force at a time to come. */
export function Changes({ of, later }: { of: Preview; later?: boolean }) {
  const t = useDecks()
  const counts: [string, number, ('good' | 'warn' | 'bad')?][] = [
    [t('createdCodes'), of.created],
    [t('raised'), of.raised, of.raised > 0 ? 'warn' : undefined],
    [t('lowered'), of.lowered, of.lowered > 0 ? 'good' : undefined],
    [t('deleted'), of.deleted, of.deleted > 0 ? 'warn' : undefined],
    [t('blocked'), of.blocked],
    [t('unchanged'), of.unchanged],
  ]
  return (
    <>
      <Text size="sm" c="dimmed">
        {of.base ? t(later ? 'againstThen' : 'against', { id: of.base.id }) : t(later ? 'againstNothingThen' : 'againstNothing')}
      </Text>
      <div className="t-figures">
        {counts.map(([label, value, tone]) => (
          <Figure key={label} label={label} value={format.count(value)} tone={tone} />
        ))}
      </div>
      <Warnings of={of} />
      {of.histogram.length > 1 && (
        <Section title={t('histogram')}>
          <Histogram bars={of.histogram} />
        </Section>
      )}
      <Section title={t('costMost')} help={of.traffic ? t('costMostHelp', { days: of.traffic.days }) : (of.no_money ?? t('noTraffic'))}>
        <Destinations list={of.cost_most.length > 0 ? of.cost_most : of.destinations.slice(0, 10)} currency={of.currency} />
      </Section>
      {of.losses.length > 0 && (
        <Section title={t('losses')} help={t('lossesHelp', { currency: of.losses_currency })}>
          <Losses list={of.losses} />
        </Section>
      )}
    </>
  )
}

function Warnings({ of }: { of: Preview }) {
  const t = useDecks()
  const list: ReactNode[] = []
  if (of.warning) list.push(<span lang="en">{of.warning}</span>)
  if (of.impact) list.push(t('money', { before: format.money(of.impact.before), after: format.money(of.impact.after), currency: of.currency }))
  if (of.steep > 0) list.push(t('steep', { count: of.steep, percent: of.options.raise_percent }))
  if (of.hasty > 0) list.push(t('hasty', { count: of.hasty, days: of.options.notice_days }))
  if (list.length === 0) return null
  return (
    <Alert color="yellow" variant="light" icon={<Icon name="warning" />}>
      {list.map((text, n) => (
        <div key={n}>{text}</div>
      ))}
    </Alert>
  )
}

function Histogram({ bars }: { bars: Schema<'Bar'>[] }) {
  const t = useDecks()
  const most = Math.max(1, ...bars.map((b) => b.codes))
  const label = (b: Schema<'Bar'>) => (b.from === b.to ? t('same') : [b.from !== undefined && t('from', { from: b.from }), b.to !== undefined && t('upTo', { to: b.to })].filter(Boolean).join(' '))
  return (
    <ul className="k-bars">
      {bars.map((b) => (
        <li key={`${b.from} ${b.to}`}>
          <span>{label(b)}</span>
          <meter min={0} max={most} value={b.codes} aria-label={label(b)} />
          <span className="t-num">{format.count(b.codes)}</span>
        </li>
      ))}
    </ul>
  )
}

const price = (p?: Schema<'Prices'>) => (!p ? '–' : p.min === p.max ? format.money(p.min, 'rate') : `${format.money(p.min, 'rate')} – ${format.money(p.max, 'rate')}`)

function Destinations({ list, currency }: { list: Schema<'Destination'>[]; currency: string }) {
  const t = useDecks()
  return (
    <Wide label={t('costMost')} width={560}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('destination')}</Table.Th>
            <Table.Th ta="right">{t('codes')}</Table.Th>
            <Table.Th ta="right">{`${t('before')}, ${currency}`}</Table.Th>
            <Table.Th ta="right">{`${t('after')}, ${currency}`}</Table.Th>
            <Table.Th ta="right">{t('change')}</Table.Th>
            <Table.Th ta="right">{t('difference')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((d) => (
            <Table.Tr key={d.name}>
              <Table.Td>{d.name}</Table.Td>
              <Table.Td ta="right">{format.count(d.codes)}</Table.Td>
              <Table.Td ta="right" className="t-num">
                {price(d.before)}
              </Table.Td>
              <Table.Td ta="right" className="t-num">
                {price(d.after)}
              </Table.Td>
              <Table.Td ta="right" className="t-num">
                {d.percent ? `${d.percent} %` : '–'}
              </Table.Td>
              <Table.Td ta="right">{d.impact ? <Money value={d.impact.difference} signed /> : '–'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}

function Losses({ list }: { list: Schema<'Loss'>[] }) {
  const t = useDecks()
  return (
    <Wide label={t('losses')} width={480}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('destination')}</Table.Th>
            <Table.Th>{t('against2')}</Table.Th>
            <Table.Th ta="right">{t('codes')}</Table.Th>
            <Table.Th ta="right">{t('cost')}</Table.Th>
            <Table.Th ta="right">{t('sale')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((l) => (
            <Table.Tr key={`${l.destination} ${l.deck}`}>
              <Table.Td>{l.destination}</Table.Td>
              <Table.Td>{l.against}</Table.Td>
              <Table.Td ta="right">{format.count(l.codes)}</Table.Td>
              <Table.Td ta="right" className="t-bad">
                <Money value={l.cost} kind="rate" />
              </Table.Td>
              <Table.Td ta="right">
                <Money value={l.sale} kind="rate" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}
