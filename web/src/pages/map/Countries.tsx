// The same as the map shows, to read and to sort.
import { useMemo } from 'react'
import { useLocale } from '../../i18n'
import { Grid, Money, Percent, type Column } from '../../ui'
import { least, valueOf, type Measure } from './measures'
import { nameOf } from './names'
import { useMapText } from './text'
import type { Dots } from './useDots'
import type { Past } from './useMap'
import { written } from './written'

type Props = { countries: Past[]; dots?: Dots; chosen?: string; onChoose: (country: string) => void; sort?: string; onSort: (to: string | undefined) => void }

export function Countries({ countries, dots, chosen, onChoose, sort = '-bids', onSort }: Props) {
  const t = useMapText()
  const { language } = useLocale()
  const live = (c: Past) => dots?.by.get(c.country)?.calls ?? 0
  const columns = useMemo<Column<Past>[]>(
    () => [
      { key: 'country', title: t('country'), sort: true, width: 130, grow: true, phoneWidth: 110, render: (c) => nameOf(c.country, language, { unknown: t('unknown'), global: t('global') }) },
      { key: 'live', title: t('live'), sort: true, right: true, width: 66, phoneWidth: 54, render: (c) => <span className="t-num">{live(c) || <span className="t-dim">–</span>}</span> },
      { key: 'bids', title: t('m_bids'), sort: true, right: true, width: 74, phoneWidth: 60, render: (c) => <span className="t-num">{written('bids', c, language) ?? <span className="t-dim">–</span>}</span> },
      { key: 'asr', title: t('m_asr'), sort: true, right: true, width: 116, phoneWidth: 104, render: (c) => (c.asr ? <Percent share={c.asr.share / 1e6} of={c.asr.of} least={least} /> : <span className="t-dim">–</span>) },
      { key: 'talk', title: t('m_talk'), sort: true, right: true, width: 78, wide: true, render: (c) => <span className="t-num">{written('talk', c, language) ?? <span className="t-dim">–</span>}</span> },
      { key: 'margin', title: t('m_margin'), sort: true, right: true, width: 88, wide: true, render: (c) => (c.bids > 0 ? <Money value={c.margin} signed /> : <span className="t-dim">–</span>) },
    ],
    [t, language, dots],
  )
  const rows = useMemo(() => sorted(countries, sort, live, (c) => nameOf(c.country, language, { unknown: '', global: '' })), [countries, sort, dots, language])
  return <Grid label={t('table')} rows={rows} columns={columns} rowKey={(c) => c.country || '-'} sort={sort} onSort={onSort} onOpen={(c) => onChoose(c.country || '-')} openKey={chosen} height="max(20rem, calc(100dvh - 20rem))" />
}

/** sorted puts what has no figure last. */
export function sorted(list: Past[], sort: string, live: (c: Past) => number, name: (c: Past) => string): Past[] {
  const down = sort.startsWith('-')
  const key = sort.replace(/^-/, '')
  if (key === 'country') return [...list].sort((a, b) => (down ? -1 : 1) * name(a).localeCompare(name(b)))
  const of = (c: Past) => (key === 'live' ? live(c) : valueOf(key as Measure, c)) ?? (down ? -Infinity : Infinity)
  return [...list].sort((a, b) => (down ? of(b) - of(a) : of(a) - of(b)) || b.bids - a.bids || name(a).localeCompare(name(b)))
}
