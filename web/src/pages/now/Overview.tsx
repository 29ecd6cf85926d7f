import { Alert, List, SimpleGrid } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useLocale } from '../../i18n'
import { startOfDay, count, decimal, duration, money } from '../../ui/format'
import { less, sum } from '../../ui/decimal'
import { Icon } from '../../ui/icons'
import { Bones, Figure, Loaded, Page } from '../../ui/Page'
import { useProblems } from '../../ui/problems'
import { useLater } from '../../ui/values'
import { Nodes, RestingWays, Servers } from './Health'
import { useText } from './text'
import { useOverview, type Overview as Picture } from './useOverview'

const Charts = lazy(() => import('./Charts'))

export default function Overview() {
  const t = useText()
  const overview = useOverview()
  const live = overview.data?.live
  return (
    <Page title={t('overview')} state={live && (live.calls > 0 ? t('overviewState', { calls: live.calls, talking: live.talking }) : t('overviewQuiet'))}>
      <Loaded from={overview} lines={10}>
        {(o) => (
          <>
            <Problems list={o.problems} />
            <Figures o={o} />
            <Suspense fallback={<Coming />}>
              <Charts o={o} />
            </Suspense>
            <RestingWays list={o.resting} />
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <Servers list={o.servers} />
              <Nodes list={o.nodes} />
            </SimpleGrid>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Coming() {
  const late = useLater(true)
  return <Bones lines={10} show={late} />
}

function Problems({ list }: { list: string[] }) {
  const t = useText()
  const say = useProblems()
  if (list.length === 0) return null
  return (
    <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t('problems', { count: list.length })}>
      <List size="sm">
        {list.map((p) => (
          <List.Item key={p} lang={say(p).lang}>
            {say(p).text}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

function Figures({ o }: { o: Picture }) {
  const t = useText()
  const { language, zone } = useLocale()
  const midnight = startOfDay(new Date(o.at), zone).getTime()
  const today = o.series.filter((b) => Date.parse(b.at) >= midnight)
  const sale = sum(today.map((b) => b.sale))
  const cost = sum(today.map((b) => b.cost))
  const margin = less(sale, cost)
  const talk = today.reduce((n, b) => n + b.talk_s, 0)
  const answered = today.reduce((n, b) => n + b.answered, 0)
  const asr = (value: number | null | undefined) => (value === null || value === undefined ? '–' : `${decimal(value, 1, language)} %`)
  return (
    <div className="t-figures">
      <Figure href="/live" label={t('liveCalls')} value={count(o.live.calls, language)} note={t('liveNote', { talking: o.live.talking, ringing: o.live.ringing })} />
      <Figure label={t('cps')} value={decimal(o.calls_per_s, 1, language)} note={t('cpsNote')} />
      <Figure
        href="/calls?range=1h"
        label={t('asr')}
        value={asr(o.last_hour.asr)}
        note={
          <span title={t('asrHelp')}>
            {t('ofCalls', { count: o.last_hour.ended })} · {t('asrNote', { value: asr(o.last_24h.asr) })}
          </span>
        }
      />
      <Figure label={t('margin')} value={<><span>{money(margin, 'sum', language)}</span> <span className="t-unit">{o.currency}</span></>} tone={margin.startsWith('-') ? 'bad' : undefined} note={t('marginNote', { sale: money(sale, 'sum', language), cost: money(cost, 'sum', language) })} />
      <Figure href="/calls?range=today&disposition=answered" label={t('talk')} value={talk < 3600 ? duration(talk) : t('minutes', { count: Math.round(talk / 60) })} note={t('talkNote', { count: answered })} />
    </div>
  )
}
