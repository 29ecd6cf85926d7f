// Where calls go to, or come from: past ones by country, those in progress as dots.
import { Alert, Button, SegmentedControl, Select } from '@mantine/core'
import { useMemo } from 'react'
import { href, useRead } from '../../api'
import { Empty, Failed, Icon, Loaded, Page, Reference, Section, useRange, useUrl, useWords } from '../../ui'
import { useProblems } from '../../ui/problems'
import { Countries } from './Countries'
import { CountryCard } from './CountryCard'
import { Legend } from './Legend'
import { classesOf, measureOf, measures, type Class, type Measure } from './measures'
import './map.css'
import { regionNames, regionOf } from './regions'
import { useMapText } from './text'
import { useDots, type Dots } from './useDots'
import { useMap, type MapOf, type Past } from './useMap'
import { WorldMap } from './WorldMap'

export default function MapPage() {
  const t = useMapText()
  const range = useRange('24h')
  const [params] = useUrl()
  const side = params.get('side') === 'a' ? 'a' : 'b'
  const provider = side === 'b' ? (params.get('provider') ?? undefined) : undefined
  const account = side === 'b' && !provider ? (params.get('account') ?? undefined) : undefined
  const past = useMap({ from: range.from, to: range.to, side: side === 'a' ? 'a' : undefined, provider_id: provider, account_id: account })
  const dots = useDots({ side, provider, account })
  const live = dots?.all ?? past.data?.live
  const withCalls = past.data?.countries.filter((c) => c.country && c.bids > 0).length
  return (
    <Page title={t('title')} state={live && withCalls !== undefined && t('state', { countries: withCalls, calls: dots?.total ?? live.calls, talking: live.talking })}>
      <Tools side={side} provider={provider} account={account} />
      {past.error && !past.data ? <Failed error={past.error} retry={() => void past.refetch()} /> : <Loaded from={past} lines={10}>{(data) => <Shown data={data} dots={dots} side={side} provider={provider} account={account} />}</Loaded>}
    </Page>
  )
}

type Asked = { side: 'a' | 'b'; provider?: string; account?: string }

function Tools({ side, provider, account }: Asked) {
  const t = useMapText()
  const words = useWords()
  const [params, set] = useUrl()
  const range = useRange('24h')
  const m = measureOf(params.get('m'))
  return (
    <div className="t-tools">
      <SegmentedControl size="xs" aria-label={t('measure')} value={m} onChange={(to) => set({ m: to === 'bids' ? undefined : to })} data={measures.map((m) => ({ value: m, label: t(`m_${m}`) }))} />
      <Select size="xs" w={150} aria-label={t('side')} value={side} onChange={(to) => set({ side: to === 'a' ? 'a' : undefined, provider: undefined, account: undefined, c: undefined })} data={(['b', 'a'] as const).map((s) => ({ value: s, label: t(`side_${s}`) }))} allowDeselect={false} />
      <Select size="xs" w={140} aria-label={t('region')} value={regionOf(params.get('region'))} onChange={(to) => set({ region: to === 'world' ? undefined : to })} data={regionNames.map((r) => ({ value: r, label: t(`r_${r}`) }))} allowDeselect={false} />
      {side === 'b' && !account && <Reference size="xs" w={150} aria-label={t('provider')} placeholder={t('provider')} path="/providers" value={provider ?? ''} onChange={(to) => set({ provider: to })} />}
      {side === 'b' && !provider && <Reference size="xs" w={150} aria-label={t('account')} placeholder={t('account')} path="/accounts" value={account ?? ''} onChange={(to) => set({ account: to })} />}
      <span className="t-spring" />
      <Button component="a" href={href('/quality/export', { by: side === 'a' ? 'a_country' : 'country', from: range.from, to: range.to, provider, account, format: 'csv' })} title={t('csvHelp')} download variant="default" size="xs" leftSection={<Icon name="download" size={14} />}>
        {words('csv')}
      </Button>
    </div>
  )
}

function Shown({ data, dots, side, provider, account }: Asked & { data: MapOf; dots?: Dots }) {
  const t = useMapText()
  const say = useProblems()
  const range = useRange('24h')
  const [params, set] = useUrl()
  const m: Measure = measureOf(params.get('m'))
  const thresholds = useRead('/quality/thresholds', undefined, { enabled: m === 'asr' })
  const threshold = thresholds.data?.items?.find((i) => i.measure === 'asr')
  const classes = useMemo(() => classesOf(m, data.countries, threshold as never), [m, data.countries, threshold])
  const countries = useAll(data.countries, dots)
  const chosen = params.get('c') ?? undefined
  const of = countries.find((c) => (c.country || '-') === chosen)
  const choose = (country: string) => set({ c: country === chosen ? undefined : country })
  const drawn = dots ? dots.list.filter((d) => !d.call.endedAt).length : 0
  return (
    <>
      {data.problems.length > 0 && (
        <Alert color="yellow" variant="light" icon={<Icon name="warning" />}>
          {data.problems.map((p) => (
            <div key={p} lang={say(p).lang}>
              {say(p).text}
            </div>
          ))}
        </Alert>
      )}
      <div className="m-page">
        <div className="m-left">
          <Section flush>
            <WorldMap countries={countries} m={m} classOf={classes.of} region={regionOf(params.get('region'))} chosen={chosen} onChoose={choose} dots={dots} />
            <Legend m={m} bounds={classes.bounds} there={new Set<Class>(countries.map(classes.of))} ways={dots?.list.some((d) => d.from && d.from !== d.call.b_place?.country) ?? false} />
          </Section>
          {of ? (
            <CountryCard of={of} live={dots?.by.get(of.country) ?? of.live} currency={data.currency} side={side} range={range} provider={provider} account={account} onClose={() => set({ c: undefined })} />
          ) : (
            <p className="t-dim m-hint">{t('choose')}</p>
          )}
          {dots && dots.total > drawn && <p className="t-dim m-hint">{t('stateSome', { shown: drawn, total: dots.total })}</p>}
        </div>
        {countries.length === 0 ? (
          <Empty title={t('none')} icon="globe">
            {t('noneHelp')}
          </Empty>
        ) : (
          <Countries countries={countries} dots={dots} chosen={chosen} onChoose={choose} sort={params.get('sort') ?? undefined} onSort={(to) => set({ sort: to })} />
        )}
      </div>
    </>
  )
}

// useAll adds countries that have calls in progress and none in the past: a call that
// begins now appears now.
function useAll(past: Past[], dots?: Dots): Past[] {
  const fresh = [...(dots?.by.keys() ?? [])].filter((country) => !past.some((c) => c.country === country)).sort()
  const key = fresh.join()
  const numbers = useRead('/places/countries', undefined, { enabled: key !== '' })
  return useMemo(() => {
    const numeric = new Map((numbers.data?.items ?? []).map((c) => [c.country, c.numeric]))
    const none = { bids: 0, seizures: 0, answers: 0, talk_ms: 0, cost: '0', sale: '0', margin: '0', live: { calls: 0, talking: 0 } }
    return [...past, ...(key ? key.split(',') : []).map((country) => ({ ...none, country, numeric: numeric.get(country) ?? 0 }))]
  }, [past, key, numbers.data])
}
