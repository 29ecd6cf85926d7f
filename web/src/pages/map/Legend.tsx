// What the colours and dots mean.
import { useLocale } from '../../i18n'
import { least, type Class, type Measure } from './measures'
import { useMapText } from './text'
import { plain } from './written'

export function Legend({ m, bounds, there, ways }: { m: Measure; bounds: number[]; there: Set<Class>; ways: boolean }) {
  const t = useMapText()
  const { language } = useLocale()
  const amounts = bounds.length + 1
  const text = (n: number) => {
    const [low, high] = [bounds[n - 2], bounds[n - 1]].map((b) => (b === undefined ? undefined : plain(m, b, language)))
    if (low === undefined) return high === undefined ? '' : t('upTo', { value: high })
    return high === undefined ? t('fromOn', { value: low }) : t('between', { low, high })
  }
  const steps = Array.from({ length: amounts }, (_, n) => (n + 1) as Class).filter((c) => there.has(c))
  return (
    <div className="m-legend">
      <ul>
        {(['good', 'warn', 'bad', 'loss'] as const)
          .filter((c) => there.has(c))
          .map((c) => (
            <Key key={c} kind={c}>
              {t(`c_${c}`)}
            </Key>
          ))}
        {steps.length > 1 &&
          steps.map((c) => (
            <Key key={c} kind={c}>
              {text(Number(c))}
            </Key>
          ))}
        {there.has('small') && <Key kind="small">{t('c_small', { count: least })}</Key>}
      </ul>
      <ul>
        <li>
          <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden>
            <circle className="m-dot m-talking" cx="5" cy="5" r="3.5" />
          </svg>
          {t('dotTalking')}
        </li>
        <li>
          <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden>
            <circle className="m-dot m-ringing" cx="5" cy="5" r="3.5" />
          </svg>
          {t('dotRinging')}
        </li>
        {ways && (
          <li>
            <svg width="18" height="10" viewBox="0 0 18 10" aria-hidden>
              <path className="m-way" d="M1 9Q9 -3 17 9" />
            </svg>
            {t('way')}
          </li>
        )}
      </ul>
    </div>
  )
}

function Key({ kind, children }: { kind: Class; children: string }) {
  return (
    <li>
      <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden>
        <rect className={`m-country m-c-${kind}`} width="14" height="12" rx="2" />
      </svg>
      {children}
    </li>
  )
}
