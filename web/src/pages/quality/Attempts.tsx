// Attempts: what stands behind figures of quality, bid by bid.
import { useMemo } from 'react'
import type { RowOf } from '../../api'
import { useLocale } from '../../i18n'
import { DataTable, Duration, Empty, format, Money, Page, PhoneNumber, StatusBadge, useRange, useUrl, useWords, When, type Column, type Filter, type Word } from '../../ui'
import { countryName } from '../../ui/countryName'
import { Cause } from '../calls/values'
import { tiers, unknown } from './asked'
import { faults, type Fault } from './BlameBar'
import { useQualityText } from './text'

type Row = RowOf<'/attempts'>

const results = ['answered', 'busy', 'no_answer', 'cancelled', 'failed', 'rejected', 'in_progress'] as const

export default function Attempts() {
  const t = useQualityText()
  const range = useRange('24h')
  const [params] = useUrl()
  const columns = useColumns()
  const filters = useFilters()
  const provider = params.get('provider_id')
  return (
    <Page
      title={t('attempts')}
      state={t('attemptsState')}
      crumb={{ href: '/quality', label: t('quality') }}
      see={provider && /^\d+$/.test(provider) ? [{ href: `/providers/${provider}`, label: t('providerPage') }] : undefined}
    >
      <DataTable
        label={t('attempts')}
        path="/attempts"
        columns={columns}
        filters={filters}
        rowKey={(a) => `${a.call_id}:${a.n}`}
        query={{ from: range.from, to: range.to, finished: params.get('finished') === 'true' ? true : undefined }}
        defaultSort="-at"
        exportPath="/attempts/export"
        href={(a) => `/calls/${encodeURIComponent(a.call_id)}`}
        empty={
          <Empty title={t('attemptsNone')} icon="calls">
            {t('attemptsNoneHelp')}
          </Empty>
        }
      />
    </Page>
  )
}

function useColumns(): Column<Row>[] {
  const t = useQualityText()
  const { language } = useLocale()
  return useMemo(
    () => [
      { key: 'started_at', title: t('at'), sort: 'at', width: 122, phoneWidth: 112, render: (a) => <When at={a.started_at} parts="short" /> },
      { key: 'result', title: t('result'), width: 112, phoneWidth: 104, render: (a) => <StatusBadge status={a.result} /> },
      { key: 'provider', title: t('d_provider'), width: 120, grow: true, phoneWidth: 90, render: (a) => a.provider ?? a.route },
      { key: 'tier', title: t('d_tier'), width: 78, wide: true },
      { key: 'b_number', title: t('called'), width: 200, wide: true, render: (a) => <PhoneNumber value={a.b_number} place={a.b_place} /> },
      { key: 'sip_status', title: t('sip'), width: 60, phoneWidth: 52, right: true, render: (a) => a.sip_status || <span className="t-dim">–</span> },
      { key: 'cause', title: t('cause'), width: 160, wide: true, render: (a) => <Cause value={a.cause} /> },
      { key: 'blame', title: t('blame'), width: 120, wide: true, render: (a) => (a.blame ? t(`blame_${a.blame as Fault}`) : <span className="t-dim">–</span>) },
      { key: 'pdd_ms', title: t('pdd'), width: 72, wide: true, right: true, render: (a) => (a.pdd_ms > 0 ? (a.pdd_ms / 1000).toFixed(2) : <span className="t-dim">–</span>) },
      { key: 'talk_ms', title: t('talk'), width: 70, wide: true, right: true, render: (a) => <Duration ms={a.talk_ms || null} /> },
      { key: 'cost', title: t('cost'), width: 120, wide: true, right: true, render: (a) => <Money value={a.cost} currency={a.currency} kind="rate" /> },
      { key: 'country', title: t('d_country'), width: 130, hidden: true, render: (a) => (a.b_place?.country ? (a.b_place.country === '001' ? t('noCountry') : countryName(a.b_place.country, language)) : <None />) },
      { key: 'network', title: t('d_network'), width: 150, hidden: true, render: (a) => a.b_place?.network || <None /> },
      { key: 'mos', title: t('m_mos'), width: 66, hidden: true, wide: true, right: true, render: (a) => <Heard value={a.media?.mos} digits={2} /> },
      { key: 'loss', title: t('m_loss'), width: 96, hidden: true, wide: true, right: true, render: (a) => (a.media?.loss === undefined ? <None /> : <span className="t-num">{format.percent(a.media.loss / 1e6, language)}</span>) },
      { key: 'jitter', title: `${t('m_jitter')}, ${t('ms')}`, width: 92, hidden: true, wide: true, right: true, render: (a) => <Heard value={a.media?.jitter_ms} digits={1} /> },
      { key: 'rtt', title: `${t('rtt')}, ${t('ms')}`, width: 92, hidden: true, wide: true, right: true, render: (a) => <Heard value={a.media?.rtt_ms} digits={0} /> },
      { key: 'route', title: t('route'), width: 100, hidden: true },
      { key: 'call_id', title: t('callId'), width: 210, hidden: true },
    ],
    [t, language],
  )
}

const None = () => <span className="t-dim">–</span>

/** Heard is a figure of the media, where it passed Asterisk. */
function Heard({ value, digits }: { value?: number; digits: number }) {
  const { language } = useLocale()
  return value === undefined ? <None /> : <span className="t-num">{format.decimal(value, digits, language)}</span>
}

function useFilters(): Filter[] {
  const t = useQualityText()
  const words = useWords()
  return useMemo(
    () => [
      { name: 'provider_id', label: t('d_provider'), width: 150, from: { path: '/providers' } },
      { name: 'tier', label: t('d_tier'), width: 105, options: tiers.map((v) => ({ value: v, label: v })) },
      { name: 'country', label: t('countryHelp'), width: 120 },
      { name: 'prefix', label: t('d_prefix'), width: 100 },
      { name: 'result', label: t('result'), width: 130, options: results.map((r) => ({ value: r, label: words(r as Word) })) },
      { name: 'blame', label: t('blame'), width: 130, options: [...faults.map((w) => ({ value: w as string, label: t(`blame_${w}`) })), { value: unknown, label: t('blame_other') }] },
      { name: 'sip_status', label: t('sip'), width: 80 },
      { name: 'cause', label: t('cause'), width: 90 },
      { name: 'gate_id', label: t('d_gate'), width: 120, from: { path: '/gates' } },
      { name: 'server', label: t('d_server'), width: 120, from: { path: '/servers', keyOf: (s: RowOf<'/servers'>) => s.name } },
      { name: 'account_id', label: t('d_account'), width: 130, from: { path: '/accounts' } },
      { name: 'network', label: t('d_network'), width: 110 },
    ],
    [t, words],
  )
}
