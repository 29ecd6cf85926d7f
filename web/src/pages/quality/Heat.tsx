// The heat map: providers over destinations. A cell is a measure with its grade, a
// link to the attempts behind it; beside it stands what else there is to say of it.
import { SegmentedControl, Select } from '@mantine/core'
import { useState } from 'react'
import { Empty, Failed, format, Loaded, Section, useUrl } from '../../ui'
import { heatFits, useAsked, whole, type Asked } from './asked'
import { Frame } from './Frame'
import { HeatTable, signs, type At } from './HeatTable'
import { isMeasure, type Measure } from './measures'
import { Nothing } from './Nothing'
import { OfCell } from './OfCell'
import { useQualityText } from './text'
import { useKnown, useWatched } from './thresholds'
import { useHeat, type HeatOf } from './useReport'

const shown: Measure[] = ['asr', 'ner', 'abr', 'short', 'acd', 'pdd_p50', 'pdd_p95', 'bids', 'talk', 'margin', 'blame_route']
export const columnsBy = ['country', 'prefix', 'network'] as const
export type ColumnsBy = (typeof columnsBy)[number]

export default function Heat() {
  const t = useQualityText()
  const [params, set] = useUrl()
  const asked = useAsked()
  const m = isMeasure(params.get('m')) ? (params.get('m') as Measure) : 'asr'
  const columns = ((columnsBy as readonly string[]).includes(params.get('to_by') ?? '') ? params.get('to_by') : 'country') as ColumnsBy
  const may = heatFits(asked.where)
  const heat = useHeat({ ...asked.compared, columns }, may)
  const known = useKnown()
  return (
    <Frame
      view="heat"
      tools={
        <>
          <SegmentedControl size="xs" aria-label={t('columnsBy')} value={columns} onChange={(to) => set({ to_by: to === 'country' ? undefined : to })} data={columnsBy.map((d) => ({ value: d, label: t(`d_${d}`) }))} />
          <Select size="xs" w={170} aria-label={t('measure')} data={shown.map((m) => ({ value: m, label: t(`m_${m}`) }))} value={m} onChange={(to) => set({ m: !to || to === 'asr' ? undefined : to })} allowDeselect={false} />
        </>
      }
    >
      {!may ? (
        <Empty title={t('heatNot')} icon="warning" />
      ) : heat.error && !heat.data ? (
        <Failed error={heat.error} retry={() => void heat.refetch()} />
      ) : (
        <Loaded from={known ? heat : { ...heat, data: undefined, isPending: true }} lines={10}>
          {(data) => (data.cells.length === 0 ? <Nothing /> : <Shown data={data} m={m} columns={columns} asked={whole(asked, data)} />)}
        </Loaded>
      )}
    </Frame>
  )
}

function Shown({ data, m, columns, asked }: { data: HeatOf; m: Measure; columns: ColumnsBy; asked: Asked }) {
  const t = useQualityText()
  const watched = useWatched()
  const [at, setAt] = useState<At>()
  const told = data.cells.reduce((sum, c) => sum + c.bids, 0)
  return (
    <div className="q-heatpage">
      <Section flush>
        <HeatTable data={data} m={m} columns={columns} asked={asked} watched={watched} onLook={setAt} />
        <Legend m={m} />
        {told < data.bids && <p className="t-dim q-foot">{t('heatRest', { told: format.count(told), bids: format.count(data.bids) })}</p>}
        {data.before && <p className="t-dim q-foot">{t('heatBefore', { from: format.time(data.before.from, 'short'), to: format.time(data.before.to, 'short') })}</p>}
      </Section>
      <OfCell data={data} at={at} columns={columns} asked={asked} watched={watched} />
    </div>
  )
}

function Legend({ m }: { m: Measure }) {
  const t = useQualityText()
  const watched = useWatched()
  if (!watched.has(m)) return <p className="t-dim q-foot">{t('heatAmount')}</p>
  return (
    <p className="q-foot q-legend">
      {(['good', 'warn', 'bad'] as const).map((g) => (
        <span key={g}>
          <i className={`q-key q-${g}`} aria-hidden /> {signs[g]}
          {t(`grade_${g}`)}
        </span>
      ))}
      <span>
        <i className="q-key q-small" aria-hidden /> {t('grade_small')}
      </span>
    </p>
  )
}
