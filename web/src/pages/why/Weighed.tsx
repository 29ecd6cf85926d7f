// What was known of a route, and what it did: on one scale from nobody answers to
// everybody does. The mark is what the decision counted on, the band what was seen.
import { Anchor } from '@mantine/core'
import { Link } from 'wouter'
import { StatusBadge, format } from '../../ui'
import type { Seen, Weighed } from './argument'
import { useSay } from './say'

export function QualityOf({ weighed, seen, currency }: { weighed?: Weighed; seen?: Seen; currency: string }) {
  const say = useSay()
  const { t } = say
  if (!weighed && !seen) return null
  const percent = (millionths: number) => say.percent(millionths / 1e6)
  const low = weighed && t(weighed.samples > 0 ? 'weighedLow' : 'weighedNone', { share: percent(weighed.answered_at_least_ppm), count: weighed.samples })
  const did = seen && t('seen', { share: percent(seen.share), count: seen.of, low: percent(seen.low), high: percent(seen.high) })
  return (
    <div className="y-quality">
      <span className="y-scale" role="img" aria-label={`${t('qualityBar')}: ${[low, did].filter(Boolean).join('; ')}`}>
        {seen && <span className="y-band" style={{ left: `${seen.low / 1e4}%`, width: `${(seen.high - seen.low) / 1e4}%` }} />}
        {seen && <span className="y-point" style={{ left: `${seen.share / 1e4}%` }} />}
        {weighed && <span className="y-low" style={{ left: `${weighed.answered_at_least_ppm / 1e4}%` }} />}
      </span>
      <span className="y-small">
        {weighed && (
          <span>
            {low} · {t('weighedWorth', { worth: say.rate(weighed.worth), currency })}
          </span>
        )}
        {weighed?.exploring && <StatusBadge status="exploring" tone="busy">{t('exploring')}</StatusBadge>}
        {weighed?.floored && <StatusBadge status="floored" tone="bad">{weighed.floor ? say.floor(weighed.floor) : t('floored')}</StatusBadge>}
        {weighed?.demoted_since && <StatusBadge status="demoted" tone="warn">{t('demoted', { time: format.time(weighed.demoted_since, 'short') })}</StatusBadge>}
        {weighed?.figures && <span title={say.worth(weighed.figures, currency)}>{say.figures(weighed, currency)}</span>}
        {seen && (
          <Anchor component={Link} href={seen.href} className={seen.small ? 't-dim' : undefined} inherit>
            {did}
          </Anchor>
        )}
      </span>
    </div>
  )
}
