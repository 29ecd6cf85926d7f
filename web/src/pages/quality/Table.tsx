// The table: how routes carry calls, told by what one likes.
import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { href } from '../../api'
import { ColumnChooser, Failed, Grid, Icon, useUrl, useWords } from '../../ui'
import { Views } from '../../ui/Views'
import { byOf, dimensions, fitting, sharedNames, told, useAsked, whole, type Dimension } from './asked'
import { useColumns, type Row } from './columns'
import { Frame } from './Frame'
import { LineDrawer } from './LineDrawer'
import { Nothing } from './Nothing'
import { useQualityText } from './text'
import { useWatched } from './thresholds'
import { most, useReport } from './useReport'

const usual: Dimension[] = ['provider', 'tier']
const mostDimensions = 4

export default function Table() {
  const t = useQualityText()
  const words = useWords()
  const [params, set] = useUrl()
  const asked = useAsked()
  const by = useMemo(() => byOf(params.get('by'), usual, asked.where), [params, asked])
  const plainBy = byOf(null, usual, asked.where)
  const sort = params.get('sort') ?? '-bids'
  const query = { ...asked.compared, by: by.join(), sort }
  const report = useReport({ ...query, limit: most, spark: 'asr' })
  const watched = useWatched()
  const data = report.data
  const seen = useMemo(() => whole(asked, data), [asked, data])
  const columns = useColumns(by, seen, watched)
  const plain = useMemo(() => columns.filter((c) => !c.hidden).map((c) => c.key), [columns])
  const chosen = params.get('cols')?.split(',')
  const shown = chosen ? columns.filter((c) => chosen.includes(c.key) || by.includes(c.key as Dimension)).map((c) => c.key) : plain
  const rows = useMemo<Row[]>(() => (data ? [...(data.lines.length > 1 ? [{ ...data.total, before: data.before?.total, by: {}, total: true }] : []), ...data.lines] : []), [data])
  const openKey = params.get('open') ?? undefined
  const open = rows.find((r) => keyOf(r, by) === openKey)
  const toggle = (d: Dimension) => {
    const next = by.includes(d) ? by.filter((o) => o !== d) : dimensions.filter((o) => o === d || fitting(by, d).includes(o))
    if (next.length > 0) set({ by: next.join() === plainBy.join() ? undefined : next.join(), open: undefined })
  }
  return (
    <Frame
      view="table"
      tools={
        <>
          <Views table="/quality" names={[...sharedNames, 'by', 'sort', 'cols']} />
          <ColumnChooser columns={columns.filter((c) => !by.includes(c.key as Dimension))} shown={shown} onChange={(keys) => set({ cols: keys.join() })} />
          <Button component="a" href={href('/quality/export', { ...query, limit: most, format: 'csv' })} title={t('csvHelp')} download variant="default" size="xs" leftSection={<Icon name="download" size={14} />}>
            {words('csv')}
          </Button>
        </>
      }
    >
      <div className="q-by" role="group" aria-label={t('by')}>
        <span className="t-dim">{t('by')}</span>
        {told(dimensions, asked.where).map((d) => (
          <button key={d} type="button" className="t-chip" aria-pressed={by.includes(d)} disabled={!by.includes(d) && fitting(by, d).length >= mostDimensions} onClick={() => toggle(d)}>
            {t(`d_${d}`)}
          </button>
        ))}
      </div>
      {report.error && !data ? (
        <Failed error={report.error} retry={() => void report.refetch()} />
      ) : (
        <Grid<Row>
          label={t('title')}
          rows={rows}
          columns={columns}
          shown={shown}
          rowKey={(r) => keyOf(r, by)}
          sort={sort}
          onSort={(to) => set({ sort: to === '-bids' ? undefined : (to ?? undefined) })}
          onOpen={(r) => set({ open: keyOf(r, by) }, { push: true })}
          openKey={openKey}
          rowClass={(r) => (r.total ? 'q-total' : undefined)}
          loading={report.isPending}
          height="max(22rem, calc(100dvh - 19rem))"
          empty={<Nothing />}
        />
      )}
      <div className="t-count" aria-live="polite">
        {data ? (data.rest?.lines ? t('restOf', { shown: data.lines.length, rest: data.rest.lines, bids: data.rest.bids }) : words('shownAll', { count: data.lines.length })) : ' '}
      </div>
      {open && <LineDrawer line={open} by={by} asked={seen} watched={watched} onClose={() => set({ open: undefined })} />}
    </Frame>
  )
}

export const keyOf = (r: Row, by: Dimension[]) => (r.total ? 'total' : by.map((d) => r.by[d] ?? '').join('|'))
