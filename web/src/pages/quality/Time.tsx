// Over time: a graph for each question, of all or with a line for each provider, country …
// Drawing a range looks closer; under a fold are the same figures as a table.
import { Anchor, Button, SegmentedControl, Select, SimpleGrid } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useLocale } from '../../i18n'
import { Chart, Failed, Figure, format, Grid, Icon, Loaded, Section, useUrl, When, type Column, type Series } from '../../ui'
import { dimensions, told, useAsked, whole, type Asked, type Dimension } from './asked'
import { behind } from './behind'
import { unitOf } from './columns'
import { Frame } from './Frame'
import { about, plain, type Figures, type Measure } from './measures'
import { Nothing } from './Nothing'
import { grains, isGrain, momentsOf, type Grain, type Moment } from './series'
import { Split } from './Split'
import { useQualityText } from './text'
import { useWatched } from './thresholds'
import { useSeries } from './useReport'
import { Value } from './Value'

export default function Time() {
  const t = useQualityText()
  const [params, set] = useUrl()
  const asked = useAsked()
  const grain = params.get('grain')
  const picked = isGrain(grain) ? { grain } : undefined
  const series = useSeries({ ...asked.compared, ...picked })
  const splits = told(dimensions, asked.where)
  const split = splits.find((d) => d === params.get('split'))
  return (
    <Frame
      view="time"
      tools={
        <>
          <Select
            size="xs"
            w={185}
            aria-label={t('split')}
            data={[{ value: 'none', label: t('splitNone') }, ...splits.map((d) => ({ value: d, label: t('splitBy', { what: t(`d_${d}`) }) }))]}
            value={split ?? 'none'}
            onChange={(to) => set({ split: !to || to === 'none' ? undefined : to })}
            allowDeselect={false}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('grain')}
            value={grain ?? 'auto'}
            onChange={(to) => set({ grain: to === 'auto' ? undefined : to })}
            data={[{ value: 'auto', label: t('grain_auto') }, ...grains.map((g) => ({ value: g, label: t(`grain_${g}`) }))]}
          />
        </>
      }
    >
      {series.error && !series.data ? (
        <Failed error={series.error} retry={() => void series.refetch()} />
      ) : (
        <Loaded from={series}>{(data) => (data.lines.length === 0 ? <Nothing /> : <Shown data={data} asked={whole(asked, data)} split={split} grain={picked} />)}</Loaded>
      )}
    </Frame>
  )
}

type Data = NonNullable<ReturnType<typeof useSeries>['data']>

function Shown({ data, asked, split, grain }: { data: Data; asked: Asked; split?: Dimension; grain?: { grain: Grain } }) {
  const t = useQualityText()
  const [, set] = useUrl()
  const moments = useMemo(() => momentsOf(data), [data])
  const zoom = (from: Date, to: Date) => set({ range: undefined, from: from.toISOString(), to: to.toISOString() }, { push: true })
  return (
    <>
      <Sums total={data.lines[0]!.total} asked={asked} />
      <p className="t-dim q-hint">
        {t(split ? 'drawSplit' : 'drawHelp')} {split && asked.versus !== 'none' && `${t('splitNoCompare')} `}
        <Anchor component={Link} href={behind(asked.range, asked.where)} inherit>
          {t('behindAll')}
        </Anchor>
      </p>
      {split ? <Split by={split} asked={asked} grain={grain} onRange={zoom} /> : <Charts data={data} moments={moments} onRange={zoom} />}
      <AsTable title={t(split ? 'asTableAll' : 'asTable')} moments={moments} asked={asked} grain={data.grain} />
    </>
  )
}

function Charts({ data, moments, onRange }: { data: Data; moments: Moment[]; onRange: (from: Date, to: Date) => void }) {
  const t = useQualityText()
  const { language } = useLocale()
  const times = moments.map((m) => m.at)
  const line = (m: Measure, tone: Series['tone'], extra: Partial<Series> = {}): Series => ({ label: t(`m_${m}`), tone, unit: (v) => plain(m, v, language), axis: about[m].kind === 'share' ? (v) => `${Math.round(v * 100)} %` : undefined, values: moments.map((p) => (p.now ? (about[m].value(p.now) ?? null) : null)), points: true, ...extra })
  const was = (m: Measure): Series[] => (moments.some((p) => p.before) ? [{ label: t('beforeOf', { measure: t(`m_${m}`) }), tone: 'dim', dash: true, unit: (v) => plain(m, v, language), values: moments.map((p) => (p.before ? (about[m].value(p.before) ?? null) : null)), points: true }] : [])
  const band = (m: Measure) => ({ low: moments.map((p) => endOf(p.now, m, 'low')), high: moments.map((p) => endOf(p.now, m, 'high')) })
  const charts: [title: string, series: Series[]][] = [
    [t('chartAnswer'), [line('asr', 'main', { band: band('asr') }), line('ner', 'good'), ...was('asr')]],
    [t('chartVolume'), [line('bids', 'dim', { fill: true }), line('answers', 'main', { fill: true }), ...was('bids')]],
    [t('chartTalk'), [line('acd', 'main'), ...was('acd')]],
    [t('chartDelay'), [line('pdd_p50', 'main'), line('pdd_p95', 'warn', { dash: true }), ...was('pdd_p50')]],
    [t('chartMargin', { currency: data.currency }), [line('margin', 'good', { fill: true }), ...was('margin')]],
    [t('chartFaults'), [line('blame_route', 'bad'), line('blame_us', 'warn'), line('short', 'dim'), ...was('blame_route')]],
  ]
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      {charts.map(([title, series], n) => (
        <Section key={title} title={title}>
          <Chart label={t('chartLabel', { what: title, from: format.time(data.from, 'short'), to: format.time(data.to, 'short') })} times={times} series={series} height={n < 2 ? 200 : 150} onRange={onRange} />
        </Section>
      ))}
    </SimpleGrid>
  )
}

const endOf = (f: Figures | undefined, m: Measure, end: 'low' | 'high') => {
  const share = f && about[m].share?.(f)
  return share ? share[end] / 1e6 : null
}

function Sums({ total, asked }: { total: Figures; asked: Asked }) {
  const t = useQualityText()
  const watched = useWatched()
  return (
    <div className="t-figures q-figures">
      {(['asr', 'ner', 'acd', 'pdd_p50', 'bids', 'margin'] as const).map((m) => (
        <Figure key={m} label={unitOf(t(`m_${m}`), m, t)} value={<Value m={m} of={total} watched={watched} href={behind(asked.range, asked.where, {}, m)} />} />
      ))}
    </div>
  )
}

const columned: Measure[] = ['bids', 'asr', 'ner', 'acd', 'pdd_p50', 'pdd_p95', 'short', 'blame_route', 'margin']

function AsTable({ title, moments, asked, grain }: { title: string; moments: Moment[]; asked: Asked; grain: string }) {
  const t = useQualityText()
  const watched = useWatched()
  const [open, setOpen] = useState(false)
  const rows = useMemo(() => moments.filter((m): m is Moment & { now: Figures } => Boolean(m.now)).reverse(), [moments])
  const columns = useMemo<Column<(typeof rows)[number]>[]>(
    () => [
      { key: 'at', title: t('began'), width: 140, render: (p) => <When at={p.time.from} absolute parts="short" /> },
      ...columned.map((m): Column<(typeof rows)[number]> => ({ key: m, title: unitOf(t(`m_${m}`), m, t), right: true, width: 110, phoneWidth: 80, wide: m !== 'bids' && m !== 'asr', render: (p) => <Value m={m} of={p.now} before={p.before} watched={watched} href={behind(p.time, asked.where, {}, m)} /> })),
    ],
    [t, watched, asked],
  )
  return (
    <Section
      title={title}
      help={t(`everyOf_${grain as Grain}`)}
      actions={
        <Button variant="default" size="xs" onClick={() => setOpen(!open)} aria-expanded={open} rightSection={<Icon name={open ? 'up' : 'down'} size={13} />}>
          {open ? t('hideTable') : t('showTable')}
        </Button>
      }
    >
      {open && <Grid label={title} rows={rows} columns={columns} rowKey={(p) => p.at} height="28rem" />}
    </Section>
  )
}
