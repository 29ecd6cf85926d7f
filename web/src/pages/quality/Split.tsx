// Over time, a line for each provider, country …: a graph for each measure, with the same
// colour and stroke for the same one. The busiest, and what is left as one line.
import { SimpleGrid } from '@mantine/core'
import { Link } from 'wouter'
import { useLocale } from '../../i18n'
import { Chart, Failed, format, Loaded, Section, useUrl, type Series } from '../../ui'
import { addressOf, whole, type Asked, type Dimension } from './asked'
import { behind } from './behind'
import { unitOf, useMember } from './columns'
import { about, plain, type Figures, type Measure } from './measures'
import { momentsOf, type Grain } from './series'
import { useQualityText } from './text'
import { useWatched } from './thresholds'
import { useSeries, type SeriesOf } from './useReport'
import { Value } from './Value'

type Style = Pick<Series, 'tone'> & { dash?: readonly number[] }

/** strokes differ, so that colour is not all. */
const styles: Style[] = [{ tone: 'one' }, { tone: 'two', dash: [9, 4] }, { tone: 'three', dash: [2, 3] }, { tone: 'four', dash: [10, 3, 2, 3] }, { tone: 'five', dash: [5, 2] }]
const restStyle: Style = { tone: 'dim', dash: [1, 5] }

const drawn: Measure[] = ['asr', 'bids', 'acd', 'pdd_p50', 'margin', 'blame_route']
const told: Measure[] = ['asr', 'ner', 'acd', 'pdd_p50', 'bids', 'margin']

type LineOf = { name: string; style: Style; total: Figures; values: (m: Measure) => (number | null)[]; by?: Record<string, string> }
type Props = { by: Dimension; asked: Asked; grain?: { grain: Grain }; onRange: (from: Date, to: Date) => void }

export function Split({ by, asked, grain, onRange }: Props) {
  const series = useSeries({ ...asked.query, ...grain, by, top: styles.length, measures: [...new Set([...drawn, ...told])].join() })
  if (series.error && !series.data) return <Failed error={series.error} retry={() => void series.refetch()} />
  return <Loaded from={series}>{(data) => <Lines data={data} by={by} asked={whole(asked, data)} onRange={onRange} />}</Loaded>
}

function Lines({ data, by, asked, onRange }: { data: SeriesOf; by: Dimension; asked: Asked; onRange: Props['onRange'] }) {
  const t = useQualityText()
  const { language } = useLocale()
  const lines = useLines(data, by)
  const times = data.at.map((at) => Math.floor(Date.parse(at) / 1000))
  const span = { from: format.time(data.from, 'short'), to: format.time(data.to, 'short') }
  const title = (m: Measure) => (m === 'margin' ? t('chartMargin', { currency: data.currency }) : unitOf(t(`m_${m}`), m, t))
  return (
    <>
      <Totals lines={lines} by={by} asked={asked} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {drawn.map((m, n) => (
          <Section key={m} title={title(m)}>
            <Chart
              label={t('chartLabel', { what: `${title(m)}, ${t('splitBy', { what: t(`d_${by}`) })}`, ...span })}
              times={times}
              series={lines.map((l) => ({ label: l.name, ...l.style, points: true, values: l.values(m), unit: (v) => plain(m, v, language), axis: about[m].kind === 'share' ? (v) => `${Math.round(v * 100)} %` : undefined }))}
              height={n < 2 ? 200 : 150}
              onRange={onRange}
            />
          </Section>
        ))}
      </SimpleGrid>
    </>
  )
}

function useLines(data: SeriesOf, by: Dimension): LineOf[] {
  const t = useQualityText()
  const member = useMember()
  const line = (of: Pick<SeriesOf['lines'][number], 'total' | 'points'>, more: Pick<LineOf, 'name' | 'style' | 'by'>): LineOf => {
    const moments = momentsOf({ ...data, lines: [of] })
    return { ...more, total: of.total, values: (m) => moments.map((p) => (p.now ? (about[m].value(p.now) ?? null) : null)) }
  }
  const list = data.lines.map((l, n) => line(l, { name: member(by, l.by[by], l.name), style: styles[n]!, by: l.by }))
  return data.rest ? [...list, line(data.rest, { name: t('splitRest'), style: restStyle })] : list
}

// Totals says which line is whose, and what each comes to.
function Totals({ lines, by, asked }: { lines: LineOf[]; by: Dimension; asked: Asked }) {
  const t = useQualityText()
  const watched = useWatched()
  const [params] = useUrl()
  return (
    <Section flush>
      <div className="t-scroll" tabIndex={0} role="region" aria-label={t('splitBy', { what: t(`d_${by}`) })}>
        <table className="q-faults">
          <thead>
            <tr>
              <th scope="col">{t(`d_${by}`)}</th>
              {told.map((m) => (
                <th key={m} scope="col" className="t-right">
                  {unitOf(t(`m_${m}`), m, t)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((l) => (
              <tr key={l.by?.[by] ?? 'rest'}>
                <th scope="row">
                  <Stroke of={l.style} />
                  {l.by ? <Link href={addressOf('/quality/time', params, { [by]: l.by[by] })}>{l.name}</Link> : l.name}
                </th>
                {told.map((m) => (
                  <td key={m} className="t-right">
                    <Value m={m} of={l.total} watched={watched} href={l.by && behind(asked.range, asked.where, l.by, m)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

const Stroke = ({ of }: { of: Style }) => (
  <svg className="q-stroke" width="30" height="10" aria-hidden>
    <line x1="0" x2="30" y1="5" y2="5" stroke={`var(--t-${of.tone})`} strokeWidth="2.5" strokeDasharray={of.dash?.join(' ')} />
  </svg>
)
