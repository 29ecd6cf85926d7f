// A chart over time with uPlot, which is loaded when the first one is shown.
import { useEffect, useRef, useState } from 'react'
import type uPlot from 'uplot'
import { useLocale } from '../i18n'
import { time } from './format'
import { useWords } from './text'

type Tone = 'main' | 'good' | 'warn' | 'bad' | 'dim' | 'one' | 'two' | 'three' | 'four' | 'five'
export type Series = { label: string; values: (number | null)[]; tone?: Tone; unit?: (value: number) => string; /** the same for the axis, of the first series */ axis?: (value: number) => string; fill?: boolean; /** true, or lengths of strokes and gaps */ dash?: boolean | readonly number[]; /** values with holes: what stands alone is a point */ points?: boolean; /** between which the true value is */ band?: { low: (number | null)[]; high: (number | null)[] } }

/** Chart: times are seconds since 1970. onRange: the reader drew a range. */
export function Chart({ label, times, series, height = 180, onRange }: { label: string; times: number[]; series: Series[]; height?: number; onRange?: (from: Date, to: Date) => void }) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const { zone, language } = useLocale()
  const t = useWords()
  const word = useRef('')
  word.current = t('time')
  const [theme, setTheme] = useState(0)
  const range = useRef(onRange)
  useEffect(() => {
    range.current = onRange
  })
  useEffect(() => {
    const watch = new MutationObserver(() => setTheme((n) => n + 1))
    watch.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] })
    return () => watch.disconnect()
  }, [])

  const shape = JSON.stringify(series.map((s) => [s.label, s.tone, s.fill, s.dash, Boolean(s.band)]))
  const data = useRef<uPlot.AlignedData>([[]])
  const banded = series.filter((s) => s.band)
  data.current = [times, ...series.map((s) => s.values), ...banded.flatMap((s) => [s.band!.high, s.band!.low])] as uPlot.AlignedData
  const units = useRef(series)
  units.current = series

  useEffect(() => {
    const at = box.current
    if (!at) return
    let gone = false
    let watch: ResizeObserver | undefined
    void import('./uplot').then(({ default: UPlot }) => {
      if (gone) return
      const css = getComputedStyle(document.documentElement)
      const colour = (name: string) => css.getPropertyValue(`--t-${name}`).trim() || '#888'
      const axis = { stroke: colour('dim'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' }
      const made = new UPlot(
        {
          width: at.clientWidth,
          height,
          tzDate: (ts) => UPlot.tzDate(new Date(ts * 1000), zone),
          cursor: { y: false, drag: { x: Boolean(range.current), y: false }, points: { size: 6 } },
          legend: { live: true },
          scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 0) > 0 ? high * 1.1 : (low ?? 0) < 0 ? 0 : 1] } },
          axes: [
            { ...axis, size: 26, space: 70, values: (_, at, _axis, _space, step) => at.map((s) => (step < 86_400 ? time(new Date(s * 1000), 'clock', zone, language).slice(0, 5) : time(new Date(s * 1000), 'short', zone, language).split(',')[0]!)) },
            { ...axis, size: 46, values: (_, at) => at.map((v) => (units.current[0]?.axis ?? units.current[0]?.unit)?.(v) ?? String(v)) },
          ],
          series: [
            { label: word.current, value: (_, s) => (s === null ? '–' : time(new Date(s * 1000), 'short', zone, language)) },
            ...units.current.map((s, n) => ({
              label: s.label,
              stroke: colour(s.tone ?? 'main'),
              width: 1.6,
              fill: s.fill ? `color-mix(in srgb, ${colour(s.tone ?? 'main')} 14%, transparent)` : undefined,
              dash: s.dash === true ? [5, 4] : s.dash ? [...s.dash] : undefined,
              points: s.points ? { size: 4 } : { show: false },
              value: (_: uPlot, v: number | null) => (v === null ? '–' : (units.current[n]?.unit?.(v) ?? String(v))),
            })),
            ...units.current.filter((s) => s.band).flatMap((s) => [0, 1].map(() => ({ label: s.label, class: 't-band', width: 0, points: { show: false } }))),
          ],
          bands: units.current.filter((s) => s.band).map((s, n) => ({ series: [1 + units.current.length + 2 * n, 2 + units.current.length + 2 * n] as [number, number], fill: `color-mix(in srgb, ${colour(s.tone ?? 'main')} 16%, transparent)` })),
          hooks: {
            setSelect: [
              (u) => {
                if (u.select.width > 4) range.current?.(new Date(u.posToVal(u.select.left, 'x') * 1000), new Date(u.posToVal(u.select.left + u.select.width, 'x') * 1000))
              },
            ],
          },
        },
        data.current,
        at,
      )
      plot.current = made
      watch = new ResizeObserver(() => made.setSize({ width: at.clientWidth, height }))
      watch.observe(at)
    })
    return () => {
      gone = true
      watch?.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [shape, zone, language, theme, height])

  useEffect(() => {
    plot.current?.setData(data.current)
  })

  return <div ref={box} className="t-chart" role="img" aria-label={label} style={{ minHeight: height }} />
}

/** Sparkline is a small line without axes. */
export function Sparkline({ values, label, width = 120, height = 28 }: { values: number[]; label: string; width?: number; height?: number }) {
  const top = Math.max(1, ...values)
  const step = width / Math.max(1, values.length - 1)
  const points = values.map((v, n) => `${(n * step).toFixed(1)},${(height - 2 - (v / top) * (height - 4)).toFixed(1)}`).join(' ')
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} className="t-spark">
      <polyline points={points} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  )
}
