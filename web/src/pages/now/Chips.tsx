// Filters as chips with their counts.
import type { Changes } from '../../ui/url'
import type { LiveFilter } from './liveFilter'
import { useText } from './text'
import type { Row } from './useLive'

export function Chips({ rows, filter, onChange }: { rows: Row[]; filter: LiveFilter; onChange: (changes: Changes) => void }) {
  const t = useText()
  const there = rows.filter((r) => !r.endedAt)
  const servers = [...new Set(there.map((r) => r.server))].sort()
  const kinds: { name: keyof LiveFilter; label: string; values: [string, string][] }[] = [
    { name: 'state', label: t('state'), values: [['talking', t('talking')], ['ringing', t('ringing')], ['routing', t('routing')]] },
    { name: 'direction', label: t('direction'), values: [['out', t('out')], ['in', t('in')], ['redirect', t('redirect')]] },
    { name: 'server', label: t('server'), values: servers.length > 1 && servers.length < 7 ? servers.map((s) => [s, s]) : [] },
  ]
  return kinds.map(({ name, label, values }) => {
    if (values.length === 0) return null
    return (
      <div key={name} role="group" aria-label={label} className="t-chips">
        {values.map(([value, word]) => {
          const on = filter[name] === value
          const count = there.filter((r) => r[name as 'state'] === value).length
          if (count === 0 && !on) return null
          return (
            <button key={value} type="button" className="t-chip" aria-pressed={on} onClick={() => onChange({ [name]: on ? undefined : value })}>
              {word} <span className="t-num">{count}</span>
            </button>
          )
        })}
      </div>
    )
  })
}
