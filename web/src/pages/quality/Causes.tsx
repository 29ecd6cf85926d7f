// Causes: whose fault it was that bids were not answered, and what was said.
import { SegmentedControl } from '@mantine/core'
import { Link } from 'wouter'
import { useLocale } from '../../i18n'
import { Failed, format, Loaded, Section, useUrl } from '../../ui'
import { addressOf, causesBy, told, useAsked, whole, type Asked } from './asked'
import { behind } from './behind'
import { BlameBar, BlameLegend, faults, type Fault } from './BlameBar'
import { useMember } from './columns'
import { Frame } from './Frame'
import type { Figures } from './measures'
import { Nothing } from './Nothing'
import { Said } from './Said'
import { useQualityText } from './text'
import { useWatched } from './thresholds'
import { useReport, type Report } from './useReport'
import { Value } from './Value'

type Split = (typeof causesBy)[number]

export default function Causes() {
  const t = useQualityText()
  const [params, set] = useUrl()
  const asked = useAsked()
  const splits = told(causesBy, asked.where)
  const by = splits.find((d) => d === params.get('by')) ?? splits[0] ?? 'provider'
  const report = useReport({ ...asked.compared, by, sort: '-bids', limit: 25 })
  return (
    <Frame
      view="causes"
      only={causesBy}
      tools={<SegmentedControl size="xs" aria-label={t('by')} value={by} onChange={(to) => set({ by: to === splits[0] ? undefined : to })} data={splits.map((d) => ({ value: d, label: t(`d_${d}`) }))} />}
    >
      {report.error && !report.data ? (
        <Failed error={report.error} retry={() => void report.refetch()} />
      ) : (
        <Loaded from={report} lines={10}>
          {(data) =>
            data.total.bids === 0 ? (
              <Nothing />
            ) : (
              <>
                <Faults data={data} by={by} asked={whole(asked, data)} />
                <Said asked={asked} />
              </>
            )
          }
        </Loaded>
      )}
    </Frame>
  )
}

function Faults({ data, by, asked }: { data: Report; by: Split; asked: Asked }) {
  const t = useQualityText()
  const member = useMember()
  const [params] = useUrl()
  return (
    <Section title={t('whoseFault')} help={t('whoseFaultHelp')} actions={<BlameLegend />}>
      <div className="t-scroll" tabIndex={0} role="region" aria-label={t('whoseFault')}>
        <table className="q-faults">
          <thead>
            <tr>
              <th scope="col">{t(`d_${by}`)}</th>
              <th scope="col" className="q-wide">
                {t('whatBecame')}
              </th>
              {faults.map((who) => (
                <th key={who} scope="col" className="t-right">
                  {t(`blame_${who}`)}
                </th>
              ))}
              <th scope="col" className="t-right">
                {t('m_bids')}
              </th>
            </tr>
          </thead>
          <tbody>
            <FaultRow name={<strong>{t('total')}</strong>} label={t('total')} of={data.total} before={data.before?.total} asked={asked} />
            {data.lines.map((line) => {
              const name = member(by, line.by[by], line.name)
              return <FaultRow key={line.by[by]} name={<Link href={addressOf('/quality/time', params, { [by]: line.by[by] })}>{name}</Link>} label={name} of={line} before={line.before} changed={line.changed} asked={asked} by={line.by} />
            })}
          </tbody>
        </table>
      </div>
      {data.rest && data.rest.lines > 0 && <p className="t-dim q-foot">{t('restOf', { shown: data.lines.length, rest: data.rest.lines, bids: data.rest.bids })}</p>}
    </Section>
  )
}

type RowProps = { name: React.ReactNode; label: string; of: Figures; before?: Figures; changed?: Record<string, string>; asked: Asked; by?: Record<string, string> }

function FaultRow({ name, label, of, before, changed, asked, by }: RowProps) {
  const { language } = useLocale()
  const watched = useWatched()
  const measure = (who: Fault) => `blame_${who}` as const
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="q-wide">
        <BlameBar of={of} label={label} />
      </td>
      {faults.map((who) => (
        <td key={who} className="t-right">
          <Value m={measure(who)} of={of} before={before} changed={changed} watched={watched} href={behind(asked.range, asked.where, by, measure(who))} />
        </td>
      ))}
      <td className="t-right t-num">
        <Link href={behind(asked.range, asked.where, by)} className="q-behind">
          {format.count(of.bids, language)}
        </Link>
      </td>
    </tr>
  )
}
