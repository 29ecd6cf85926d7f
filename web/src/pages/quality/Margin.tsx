// Margin by destination: what is earned, and where it is lost.
import { Button, SegmentedControl } from '@mantine/core'
import { useMemo } from 'react'
import { href } from '../../api'
import { useLocale } from '../../i18n'
import { Failed, Figure, format, Grid, Icon, Money, useUrl, useWords, type Column } from '../../ui'
import { sum, units } from '../../ui/decimal'
import { told, useAsked, whole, type Dimension } from './asked'
import { behind } from './behind'
import { Member, type Row } from './columns'
import { Frame } from './Frame'
import { Nothing } from './Nothing'
import { useQualityText } from './text'
import { useWatched } from './thresholds'
import { most, useReport } from './useReport'
import { Value } from './Value'

const bys = ['country', 'prefix', 'provider', 'account'] as const
type By = (typeof bys)[number]

export default function Margin() {
  const t = useQualityText()
  const words = useWords()
  const [params, set] = useUrl()
  const asked = useAsked()
  const may = told(bys, asked.where)
  const by: By = may.find((d) => d === params.get('by')) ?? may[0] ?? 'country'
  const sort = params.get('sort') ?? 'margin'
  const query = { ...asked.compared, by, sort }
  const report = useReport({ ...query, limit: most })
  const columns = useMarginColumns(by)
  const data = report.data
  const rows = (data?.lines ?? []) as Row[]
  const losing = rows.filter((r) => units(r.margin) < 0n)
  return (
    <Frame
      view="margin"
      tools={
        <>
          <SegmentedControl size="xs" aria-label={t('by')} value={by} onChange={(to) => set({ by: to === may[0] ? undefined : to })} data={may.map((d) => ({ value: d, label: t(`d_${d}`) }))} />
          <Button component="a" href={href('/quality/export', { ...query, limit: most, format: 'csv' })} title={t('csvHelp')} download variant="default" size="xs" leftSection={<Icon name="download" size={14} />}>
            {words('csv')}
          </Button>
        </>
      }
    >
      {data && (
        <div className="t-figures q-figures">
          <Figure label={t('m_sale')} value={<Money value={data.total.sale} currency={data.currency} />} />
          <Figure label={t('m_cost')} value={<Money value={data.total.cost} currency={data.currency} />} />
          <Figure label={t('m_margin')} value={<Money value={data.total.margin} currency={data.currency} />} tone={units(data.total.margin) < 0n ? 'bad' : undefined} />
          <Figure label={t('losing')} value={losing.length} note={losing.length > 0 ? t('losingOf', { sum: format.money(sum(losing.map((r) => r.margin)), 'sum'), currency: data.currency }) : t('losingNone')} tone={losing.length > 0 ? 'bad' : undefined} />
        </div>
      )}
      {report.error && !data ? (
        <Failed error={report.error} retry={() => void report.refetch()} />
      ) : (
        <Grid<Row>
          label={t('view_margin')}
          rows={rows}
          columns={columns}
          rowKey={(r) => r.by[by] ?? ''}
          sort={sort}
          onSort={(to) => set({ sort: to === 'margin' ? undefined : (to ?? undefined) })}
          href={(r) => behind(whole(asked, data).range, asked.where, r.by)}
          loading={report.isPending}
          height="max(22rem, calc(100dvh - 22rem))"
          empty={<Nothing />}
        />
      )}
      <div className="t-count" aria-live="polite">
        {data ? (data.rest?.lines ? t('restOf', { shown: data.lines.length, rest: data.rest.lines, bids: data.rest.bids }) : words('shownAll', { count: rows.length })) : ' '}
      </div>
    </Frame>
  )
}

function useMarginColumns(by: By): Column<Row>[] {
  const t = useQualityText()
  const { language } = useLocale()
  const watched = useWatched()
  return useMemo(() => {
    const money = (m: 'sale' | 'cost', wide: boolean): Column<Row> => ({ key: m, title: t(`m_${m}`), right: true, sort: true, width: 92, wide, render: (r) => <Money value={r[m]} /> })
    return [
      { key: by, title: t(`d_${by}`), width: 150, phoneWidth: 120, grow: true, render: (r) => <Member of={r} d={by as Dimension} first /> },
      { key: 'margin', title: t('m_margin'), right: true, sort: true, width: 104, phoneWidth: 96, render: (r) => <Value m="margin" of={r} before={r.before} changed={r.changed} watched={watched} /> },
      { key: 'bar', title: t('marginBar'), width: 138, wide: true, render: (r) => <Bar of={r} /> },
      { key: 'margin_share', title: t('m_margin_share'), right: true, sort: true, width: 100, phoneWidth: 86, render: (r) => <Value m="margin_share" of={r} before={r.before} changed={r.changed} watched={watched} /> },
      money('sale', true),
      money('cost', true),
      { key: 'talk', title: `${t('m_talk')}, ${t('min')}`, right: true, sort: true, width: 92, wide: true, render: (r) => <Value m="talk" of={r} watched={watched} /> },
      { key: 'perMinute', title: t('perMinute'), right: true, width: 135, wide: true, render: (r) => perMinute(r, language) },
      { key: 'answers', title: t('m_answers'), right: true, sort: true, width: 84, wide: true, render: (r) => <Value m="answers" of={r} watched={watched} /> },
    ]
  }, [by, t, language, watched])
}

function perMinute(r: Row, language: 'en' | 'ru') {
  if (r.talk_ms < 60_000) return <span className="t-dim">–</span>
  return <span className="t-num">{format.decimal((Number(r.margin) / r.talk_ms) * 60_000, 4, language)}</span>
}

// Bar: cost and what stays of the sale, or what is lost beyond it.
function Bar({ of }: { of: Row }) {
  const t = useQualityText()
  const [sale, cost] = [Number(of.sale), Number(of.cost)]
  const whole = Math.max(sale, cost)
  if (whole <= 0) return null
  const kept = Math.max(0, sale - cost)
  const lost = Math.max(0, cost - sale)
  const label = lost > 0 ? t('barLoss') : t('barKeep')
  return (
    <span className="q-bar" role="img" aria-label={label} title={label}>
      <span className="q-part q-m-cost" style={{ width: `${((whole - kept - lost) / whole) * 100}%` }} />
      <span className={`q-part ${lost > 0 ? 'q-m-lost' : 'q-m-kept'}`} style={{ width: `${((kept || lost) / whole) * 100}%` }} />
    </span>
  )
}
