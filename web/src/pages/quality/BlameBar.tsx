// Whose fault: a bar of all bids, the answered ones first.
import { useLocale } from '../../i18n'
import { format } from '../../ui'
import type { Figures } from './measures'
import { useQualityText } from './text'

export const faults = ['caller', 'called', 'route', 'us'] as const
export type Fault = (typeof faults)[number]
type Part = 'answers' | Fault | 'other'

/** partsOf splits bids by what came of them. */
export function partsOf(f: Figures): [part: Part, count: number][] {
  const parts: [Part, number][] = [['answers', f.answers], ...faults.map((w): [Part, number] => [w, f.blame[w]])]
  const rest = f.bids - parts.reduce((sum, [, n]) => sum + n, 0)
  return rest > 0 ? [...parts, ['other', rest]] : parts
}

export function BlameBar({ of, label }: { of: Figures; label?: string }) {
  const t = useQualityText()
  const { language } = useLocale()
  const parts = partsOf(of).filter(([, n]) => n > 0)
  const words = parts.map(([part, n]) => `${t(`blame_${part}`)} ${format.percent(n / of.bids, language)}`).join(', ')
  if (of.bids === 0) return null
  return (
    <div className="q-blame" role="img" aria-label={label ? `${label}: ${words}` : words} title={words}>
      {parts.map(([part, n]) => (
        <span key={part} className={`q-part q-b-${part}`} style={{ width: `${(n / of.bids) * 100}%` }} />
      ))}
    </div>
  )
}

export function BlameLegend() {
  const t = useQualityText()
  return (
    <ul className="q-legend">
      {(['answers', ...faults] as const).map((part) => (
        <li key={part}>
          <i className={`q-key q-b-${part}`} aria-hidden /> {t(`blame_${part}`)}
        </li>
      ))}
    </ul>
  )
}
