// A line of the table, opened: all its measures, how they went, where they lead.
import { Anchor, Drawer, Stack } from '@mantine/core'
import { Link } from 'wouter'
import { useLocale } from '../../i18n'
import { Chart, Facts, format, Loaded, useUrl, useWords } from '../../ui'
import { addressOf, causesFit, unknown, type Asked, type Dimension } from './asked'
import { behind } from './behind'
import { BlameBar, BlameLegend } from './BlameBar'
import { unitOf, useMember, type Row } from './columns'
import { about, measures, plain } from './measures'
import { momentsOf } from './series'
import { useQualityText } from './text'
import type { Watched } from './tone'
import { useSeries } from './useReport'
import { Value } from './Value'

type Props = { line: Row; by: Dimension[]; asked: Asked; watched: Watched; onClose: () => void }

export function LineDrawer({ line, by, asked, watched, onClose }: Props) {
  const t = useQualityText()
  const words = useWords()
  const member = useMember()
  const [params] = useUrl()
  const of = line.total ? {} : line.by
  const title = line.total ? t('total') : by.map((d) => member(d, line.by[d], line.name)).join(' · ')
  const provider = of.provider ?? asked.where.provider
  const account = of.account ?? asked.where.account
  return (
    <Drawer opened onClose={onClose} position="right" size="min(760px, 100%)" closeButtonProps={{ 'aria-label': words('close') }} title={title}>
      <Stack gap="md">
        <div className="q-links">
          <Anchor component={Link} href={behind(asked.range, asked.where, of)} size="sm">
            {t('behindAll')}
          </Anchor>
          <Anchor component={Link} href={addressOf('/quality/time', params, of)} size="sm">
            {t('view_time')}
          </Anchor>
          {causesFit(of) && causesFit(asked.where) && (
            <Anchor component={Link} href={addressOf('/quality/causes', params, of)} size="sm">
              {t('view_causes')}
            </Anchor>
          )}
          {isOne(provider) && (
            <Anchor component={Link} href={`/providers/${provider}`} size="sm">
              {t('providerPage')}
            </Anchor>
          )}
          {isOne(account) && (
            <Anchor component={Link} href={`/accounts/${account}`} size="sm">
              {t('accountPage')}
            </Anchor>
          )}
        </div>
        <Facts columns={3} rows={measures.filter((m) => about[m].value(line) !== undefined).map((m) => [unitOf(t(`m_${m}`), m, t), <Value m={m} of={line} before={line.before} changed={line.changed} watched={watched} href={behind(asked.range, asked.where, of, m)} />])} />
        <div>
          <BlameBar of={line} />
          <BlameLegend />
        </div>
        <Trend of={of} asked={asked} />
      </Stack>
    </Drawer>
  )
}

/** isOne: a record, neither a list of them nor nobody's. */
const isOne = (id: string | undefined) => /^[1-9]\d*$/.test(id ?? '')

function Trend({ of, asked }: { of: Record<string, string>; asked: Asked }) {
  const t = useQualityText()
  const { language } = useLocale()
  const picked = Object.fromEntries(Object.entries(of).map(([d, value]) => [d, value || unknown]))
  const series = useSeries({ ...asked.query, ...picked, measures: 'asr,bids' })
  return (
    <Loaded from={series}>
      {(data) => {
        const moments = momentsOf(data)
        const times = moments.map((m) => m.at)
        const values = (m: 'asr' | 'bids') => moments.map((p) => (p.now ? (about[m].value(p.now) ?? null) : null))
        const share = (end: 'low' | 'high') => moments.map((p) => (p.now?.asr ? p.now.asr[end] / 1e6 : null))
        const span = { from: format.time(data.from, 'short'), to: format.time(data.to, 'short') }
        return (
          <>
            <Chart label={t('chartLabel', { what: t('m_asr'), ...span })} times={times} height={150} series={[{ label: t('m_asr'), values: values('asr'), tone: 'main', points: true, band: { low: share('low'), high: share('high') }, unit: (v) => plain('asr', v, language), axis: (v) => `${Math.round(v * 100)} %` }]} />
            <Chart label={t('chartLabel', { what: t('m_bids'), ...span })} times={times} height={110} series={[{ label: t('m_bids'), values: values('bids'), tone: 'dim', fill: true, points: true, unit: (v) => plain('bids', v, language) }]} />
          </>
        )
      }}
    </Loaded>
  )
}
