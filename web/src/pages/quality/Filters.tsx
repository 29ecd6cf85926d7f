// What figures are picked by, and the time beside them.
import { Button, Select } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { RowOf } from '../../api'
import { Reference, SearchBox, useWords } from '../../ui'
import type { Changes } from '../../ui/url'
import { dimensions, tiers, type Dimension } from './asked'
import { Compare } from './Compare'
import { useQualityText } from './text'

type Set = (changes: Changes, options?: { push?: boolean }) => void
type Props = { params: URLSearchParams; set: Set; only?: readonly Dimension[]; children?: ReactNode }

/** often are the filters that stand there; the others come when they are asked for. */
const often: Dimension[] = ['provider', 'tier', 'country', 'prefix']

export function Filters({ params, set, only = dimensions, children }: Props) {
  const t = useQualityText()
  const words = useWords()
  const [more, setMore] = useState(false)
  const is = (d: Dimension) => Boolean(params.get(d))
  const shown = dimensions.filter((d) => is(d) || (only.includes(d) && (more || often.includes(d))))
  const hidden = only.some((d) => !shown.includes(d))
  return (
    <div className="t-tools" role="group" aria-label={t('filters')}>
      {shown.map((d) => (
        <FilterOf key={d} d={d} value={params.get(d) ?? ''} onChange={(value) => set({ [d]: value })} />
      ))}
      {hidden && (
        <Button variant="subtle" color="gray" size="xs" onClick={() => setMore(true)}>
          {t('moreFilters')}
        </Button>
      )}
      {dimensions.some(is) && (
        <Button variant="subtle" color="gray" size="xs" onClick={() => set(Object.fromEntries(dimensions.map((d) => [d, undefined])))}>
          {words('clear')}
        </Button>
      )}
      <Compare params={params} set={set} />
      <span className="t-spring" />
      {children}
    </div>
  )
}

function FilterOf({ d, value, onChange }: { d: Dimension; value: string; onChange: (value: string) => void }) {
  const t = useQualityText()
  const label = t(`d_${d}`)
  const props = { size: 'xs', 'aria-label': label, placeholder: label, value, onChange } as const
  switch (d) {
    case 'provider':
      return <Reference {...props} w={150} path="/providers" />
    case 'account':
      return <Reference {...props} w={150} path="/accounts" />
    case 'gate':
      return <Reference {...props} w={150} path="/gates" labelOf={(g: RowOf<'/gates'>) => `${g.name} #${g.id}`} />
    case 'server':
      return <Reference {...props} w={130} path="/servers" keyOf={(s: RowOf<'/servers'>) => s.name} />
    case 'tier':
      return <Select {...props} w={110} data={[...new Set([...tiers, value].filter(Boolean))]} value={value || null} onChange={(to) => onChange(to ?? '')} clearable />
    case 'country':
      return <SearchBox value={value} placeholder={t('countryHelp')} onChange={(v) => onChange(v.toUpperCase())} width={130} />
    case 'prefix':
      return <SearchBox value={value} placeholder={label} onChange={(v) => onChange(v.replace(/[^\d,-]/g, ''))} width={110} />
    default:
      return <SearchBox value={value} placeholder={label} onChange={onChange} width={130} />
  }
}
