// The map itself: a table whose cells one walks with the arrow keys.
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { Link } from 'wouter'
import { useLocale } from '../../i18n'
import { addressOf, type Asked } from './asked'
import { behind } from './behind'
import { useMember } from './columns'
import type { ColumnsBy } from './Heat'
import { about, written, type Figures, type Measure } from './measures'
import { useQualityText } from './text'
import { changeOf, gradeOf, type Grade, type Watched } from './tone'
import type { Beside, HeatOf } from './useReport'
import { ChangeOf } from './Value'
import { useUrl } from '../../ui'

/** At is a cell: places of its row and column. */
export type At = { row: number; column: number }
/** signs go with the colours of grades. */
export const signs: Partial<Record<Grade, string>> = { warn: '◆ ', bad: '■ ' }

type Props = { data: HeatOf; m: Measure; columns: ColumnsBy; asked: Asked; watched: Watched; onLook: (at: At) => void }

export function HeatTable({ data, m, columns, asked, watched, onLook }: Props) {
  const t = useQualityText()
  const { language } = useLocale()
  const member = useMember()
  const [params] = useUrl()
  const table = useRef<HTMLTableElement>(null)
  const [at, setAt] = useState([0, 0]) // the cell that the Tab key reaches
  const cells = useMemo(() => new Map(data.cells.map((c) => [`${c.row} ${c.column}`, c])), [data])
  const most = useMemo(() => Math.max(0, ...data.cells.map((c) => Math.abs(about[m].value(c) ?? 0))), [data, m])
  const graded = watched.has(m)
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (!step) return
    event.preventDefault()
    let [y, x] = [at[0]!, at[1]!]
    // Over what is empty, to the next that is not.
    for (;;) {
      ;[y, x] = [y + step[0]!, x + step[1]!]
      if (y < 0 || x < 0 || y >= data.rows.length || x >= data.columns.length) return
      const link = table.current?.querySelector<HTMLElement>(`[data-at="${y} ${x}"]`)
      if (!link) continue
      setAt([y, x])
      return link.focus()
    }
  }
  const first = useMemo(() => {
    if (cells.has(at.join(' '))) return at
    const one = data.cells[0]
    return one ? [one.row, one.column] : [0, 0]
  }, [cells, data, at])
  const sayOf = (f: Figures) => `${written(m, f, language) ?? '–'}, ${t('ofBids', { count: f.bids })}`
  return (
    <div className="t-scroll" tabIndex={0} role="region" aria-label={t('heatLabel', { measure: t(`m_${m}`) })}>
      <table className="q-heat" ref={table} onKeyDown={walk}>
        <thead>
          <tr>
            <th scope="col">{t('d_provider')}</th>
            <th scope="col" className="q-all">
              {t('total')}
            </th>
            {data.columns.map((c) => (
              <th key={c.value} scope="col" title={`${member(columns, c.value)}\n${sayOf(c)}`}>
                <Link href={addressOf('/quality/time', params, { [columns]: c.value })}>{columns === 'country' ? c.value || '–' : member(columns, c.value)}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((r, y) => (
            <tr key={r.value}>
              <th scope="row">
                <Link href={addressOf('/quality/time', params, { provider: r.value })}>{r.name ?? `#${r.value}`}</Link>
              </th>
              <td className="q-all t-num" title={sayOf(r)}>
                <span className="q-value">
                  {written(m, r, language) ?? '–'}
                  {r.before && <Since m={m} of={r} />}
                </span>
              </td>
              {data.columns.map((c, x) => {
                const cell = cells.get(`${y} ${x}`)
                const value = cell && written(m, cell, language)
                if (!cell || value === undefined) return <td key={c.value} className="q-empty" aria-label={t('noBids')} />
                const grade = gradeOf(m, cell, watched)
                const amount = graded || most === 0 ? undefined : Math.abs(about[m].value(cell) ?? 0) / most
                const share = about[m].share?.(cell)
                const loses = about[m].kind === 'money' && (about[m].value(cell) ?? 0) < 0
                return (
                  <td key={c.value} className={`q-cell q-${loses && !graded ? 'bad' : grade}`} style={amount === undefined ? undefined : ({ '--q-amount': `${Math.round(amount * 40)}%` } as React.CSSProperties)} data-amount={amount !== undefined || undefined}>
                    <Link
                      href={behind(asked.range, asked.where, { provider: r.value, [columns]: c.value }, m)}
                      data-at={`${y} ${x}`}
                      tabIndex={first[0] === y && first[1] === x ? 0 : -1}
                      onFocus={() => {
                        setAt([y, x])
                        onLook({ row: y, column: x })
                      }}
                      onMouseEnter={() => onLook({ row: y, column: x })}
                    >
                      <span className="q-heard">{`${r.name ?? r.value}, ${member(columns, c.value)}: `}</span>
                      <span>
                        <span aria-hidden>{signs[grade]}</span>
                        {value}
                      </span>
                      {cell.before ? <Since m={m} of={cell} /> : share && <span className="q-under">{`${Math.round(share.low / 1e4)}–${Math.round(share.high / 1e4)}`}</span>}
                      <span className="q-heard">{`, ${t('ofBids', { count: cell.bids })}${grade === 'none' ? '' : `, ${t(`grade_${grade}`)}`}`}</span>
                    </Link>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

// Since is how a figure differs from that of the other time; without bids then it is new.
function Since({ m, of }: { m: Measure; of: Figures & Beside }) {
  const t = useQualityText()
  if (of.before?.bids === 0) return <span className="q-under">{t('isNew')}</span>
  const change = changeOf(m, of, of.before, of.changed)
  return change ? <ChangeOf of={change} /> : <span className="q-under">–</span>
}
