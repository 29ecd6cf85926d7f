// Columns of the table: what a line is told by, then the measures.
import { useMemo } from 'react'
import { useLocale } from '../../i18n'
import type { Column } from '../../ui'
import { countryName } from '../../ui/countryName'
import { behind } from './behind'
import type { Asked, Dimension } from './asked'
import { about, measures, plain, type Measure } from './measures'
import { Spark } from './Spark'
import { useQualityText } from './text'
import type { Watched } from './tone'
import type { Line } from './useReport'
import { Value } from './Value'

export type Row = Line & { total?: boolean }

const usual: Measure[] = ['asr', 'ner', 'acd', 'pdd_p50', 'short', 'bids', 'margin', 'blame_route']
const wide: Partial<Record<Measure, number>> = { asr: 104, ner: 102, abr: 102, short: 96, acd: 72, pdd_p50: 72, bids: 72, margin: 84, blame_caller: 112, blame_called: 112, blame_route: 102, blame_us: 104, margin_share: 104, loss: 104, silent: 104 }
// With a provider and a country the table fits a page of 1280 pixels.
const wideBy: Partial<Record<Dimension, number>> = { provider: 104, account: 104, network: 126, country: 116, gate: 110, server: 116 }
const onPhone: Measure[] = ['asr', 'bids']

export function useColumns(by: Dimension[], asked: Asked, watched: Watched): Column<Row>[] {
  const t = useQualityText()
  const { language } = useLocale()
  const told = by.join()
  return useMemo(() => {
    const dims = by.map((d, n): Column<Row> => ({ key: d, title: t(`d_${d}`), width: wideBy[d] ?? 80, grow: n === 0, phoneWidth: n === 0 ? 94 : d === 'country' ? 96 : 70, render: (r) => <Member of={r} d={d} first={n === 0} /> }))
    const figures = measures.map((m): Column<Row> => ({
      key: m,
      title: unitOf(t(`m_${m}`), m, t),
      sort: true,
      right: true,
      width: wide[m] ?? 88,
      phoneWidth: m === 'asr' ? 104 : 70,
      hidden: !usual.includes(m),
      wide: !onPhone.includes(m),
      render: (r) => <Value m={m} of={r} before={r.before} changed={r.changed} watched={watched} href={behind(asked.range, asked.where, r.total ? {} : r.by, m)} />,
    }))
    const spark: Column<Row> = { key: 'spark', title: t('sparkOf'), width: 92, wide: true, render: (r) => (r.spark ? <Spark values={r.spark} label={t('sparkLabel', { values: r.spark.filter((v) => v !== null).length, last: r.spark.at(-1) == null ? '–' : plain('asr', r.spark.at(-1)! / 1e6, language) })} /> : null) }
    const at = figures.findIndex((c) => c.key === 'asr') + 1
    return [...dims, ...figures.slice(0, at), spark, ...figures.slice(at)]
  }, [told, asked, watched, t, language])
}

/** unitOf is the name of a measure with its unit. */
export const unitOf = (title: string, m: Measure, t: ReturnType<typeof useQualityText>) => ({ seconds: `${title}, ${t('s')}`, ms: `${title}, ${t('ms')}`, minutes: `${title}, ${t('min')}` })[about[m].kind as string] ?? title

/** Member is a provider, a country … by its name. */
export function Member({ of, d, first }: { of: Row; d: Dimension; first?: boolean }) {
  const t = useQualityText()
  const member = useMember()
  if (of.total) return first ? <strong>{t('total')}</strong> : null
  return <>{member(d, of.by[d], of.name)}</>
}

/** useMember says what a value of a dimension is called. */
export function useMember() {
  const t = useQualityText()
  const { language } = useLocale()
  return (d: Dimension, value: string | undefined, name?: Record<string, string>): string => {
    if (!value || value === '0') return d === 'account' ? t('nobody') : d === 'gate' ? t('noGate') : '–'
    if (name?.[d]) return name[d]
    if (d === 'country') return value === '001' ? t('noCountry') : countryName(value, language)
    return d === 'gate' || d === 'provider' || d === 'account' ? `#${value}` : value
  }
}
