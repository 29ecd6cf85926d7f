// A figure with what stands behind it: how good it is (a shape and a colour), its
// interval, and how it has changed.
import { Link } from 'wouter'
import { useLocale } from '../../i18n'
import en from '../../i18n/quality.en'
import { format, StatusBadge } from '../../ui'
import { about, written, type Figures, type Measure } from './measures'
import { useQualityText, type QualityText } from './text'
import { changeOf, gradeOf, type Change, type Grade, type Watched } from './tone'

export type ValueProps = { m: Measure; of: Figures; before?: Figures; changed?: Record<string, string>; watched: Watched; href?: string; bare?: boolean }

/** Value: bare is the figure alone, for narrow places. */
export function Value({ m, of, before, changed, watched, href, bare }: ValueProps) {
  const t = useQualityText()
  const { language } = useLocale()
  const text = written(m, of, language)
  const grade = gradeOf(m, of, watched)
  const title = useTitle(m, of, grade, before)
  if (text === undefined) return <span className="t-dim">–</span>
  const figure =
    grade === 'good' || grade === 'warn' || grade === 'bad' ? (
      <StatusBadge status={grade} tone={grade}>
        <span className="t-num">{text}</span>
        <span className="q-heard">, {t(`grade_${grade}`)}</span>
      </StatusBadge>
    ) : (
      <span className={`t-num${grade === 'small' ? ' t-dim' : ''}${about[m].kind === 'money' && m === 'margin' && about[m].value(of)! < 0 ? ' t-bad' : ''}`}>{text}</span>
    )
  const shown = href ? (
    <Link href={href} className="q-behind">
      {figure}
    </Link>
  ) : (
    figure
  )
  if (bare) return <span title={title}>{shown}</span>
  return (
    <span className="q-value" title={title}>
      {shown}
      <Under m={m} of={of} before={before} changed={changed} />
    </span>
  )
}

// Under is the second line: the change where one compares, else the interval.
function Under({ m, of, before, changed }: Pick<ValueProps, 'm' | 'of' | 'before' | 'changed'>) {
  const { language } = useLocale()
  const change = changeOf(m, of, before, changed)
  if (change) return <ChangeOf of={change} />
  const share = about[m].share?.(of)
  if (!share || before) return null
  return <span className="q-under">{interval(share, language)}</span>
}

/** ChangeOf is an arrow and by how much; coloured only when it is more than chance. The
 * arrow of a share that may be chance is hollow; amounts are not judged. */
export function ChangeOf({ of }: { of: Change }) {
  const t = useQualityText()
  const { language } = useLocale()
  const tone = of.sure === 'better' ? 't-good' : of.sure === 'worse' ? 't-bad' : of.sure ? '' : 't-dim'
  const by = Math.abs(of.by)
  // Four times as much says more than 300 %.
  const size =
    of.unit === 'points' ? `${format.decimal(by * 100, 1, language)} ${t('points')}` : of.unit === 'sum' ? format.decimal(by, 2, language) : of.by >= 1 ? `×${format.decimal(of.by + 1, of.by < 99 ? 1 : 0, language)}` : `${format.decimal(by * 100, 0, language)} %`
  const chance = of.unit === 'points' && !of.sure
  const arrow = of.by > 0 ? (chance ? '△' : '▲') : of.by < 0 ? (chance ? '▽' : '▼') : '='
  const verdict = chance ? t('changed_chance') : of.sure === 'better' || of.sure === 'worse' ? t(`changed_${of.sure}`) : ''
  return (
    <span className={`q-under ${tone}${of.sure ? ' q-sure' : ''}`}>
      <span aria-hidden>{arrow}</span> <span className="q-heard">{of.by > 0 ? t('more') : of.by < 0 ? t('less') : ''}</span>
      {size}
      {verdict && of.by !== 0 && <span className="q-heard">, {verdict}</span>}
    </span>
  )
}

/** interval is "38.1–44.6". */
export const interval = (share: { low: number; high: number }, language: 'en' | 'ru') => `${format.decimal(share.low / 1e4, 1, language)}–${format.decimal(share.high / 1e4, 1, language)}`

function useTitle(m: Measure, of: Figures, grade: Grade, before?: Figures): string {
  const t = useQualityText()
  const { language } = useLocale()
  const share = about[m].share?.(of)
  const help = `h_${m}`
  const lines = [`${t(`m_${m}`)}: ${written(m, of, language)}`]
  if (help in en) lines.push(t(help as QualityText))
  if (share) lines.push(t('titleShare', { count: share.of, low: format.percent(share.low / 1e6, language), high: format.percent(share.high / 1e6, language) }))
  const was = before && written(m, before, language)
  if (before && was !== undefined) lines.push(t('titleBefore', { value: was, count: before.bids }))
  if (grade === 'small') lines.push(t('grade_small'))
  return lines.join('\n')
}
