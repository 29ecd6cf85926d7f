// The map: countries by class, calls in progress as dots. One stop of the Tab key;
// arrow keys go from country to country.
import { useMemo, useRef, type KeyboardEvent } from 'react'
import { useLocale } from '../../i18n'
import { useNarrow } from '../../ui'
import { Dots } from './Dots'
import type { Class, Measure } from './measures'
import { nameOf } from './names'
import type { RegionName } from './regions'
import { draw, type Drawn } from './shapes'
import { useMapText } from './text'
import type { Dots as DotsOf } from './useDots'
import type { Past } from './useMap'
import { isArrow, next, type Spot } from './walk'
import { written } from './written'

type Props = { countries: Past[]; m: Measure; classOf: (c: Past) => Class; region: RegionName; chosen?: string; onChoose: (country: string) => void; dots?: DotsOf }

export function WorldMap({ countries, m, classOf, region, chosen, onChoose, dots }: Props) {
  const t = useMapText()
  const narrow = useNarrow()
  const svg = useRef<SVGSVGElement>(null)
  const [width, height] = narrow ? [440, region === 'world' ? 250 : 380] : [960, region === 'world' ? 470 : 540]
  const drawn = useMemo(() => draw(region, width, height), [region, width, height])
  const seen = countries.filter((c) => c.country && (drawn.at(c) || drawn.outline(c)))
  const spots = seen.flatMap((c): Spot[] => {
    const at = drawn.at(c)
    return at ? [{ key: c.country, at }] : []
  })
  const stop = spots.some((s) => s.key === chosen) ? chosen : spots[0]?.key
  const onKeyDown = (event: KeyboardEvent) => {
    const here = (event.target as Element).getAttribute('data-country') ?? undefined
    if (event.key === 'Enter' || event.key === ' ') {
      if (here === undefined) return
      event.preventDefault()
      onChoose(here)
    }
    if (!isArrow(event.key)) return
    event.preventDefault()
    const to = next(spots, here, event.key)
    if (to) svg.current?.querySelector<SVGElement>(`[data-country="${to}"]`)?.focus()
  }
  return (
    <svg ref={svg} className="m-world" viewBox={`0 0 ${width} ${height}`} role="group" aria-label={t('map', { measure: t(`m_${m}`) })} onKeyDown={onKeyDown}>
      <defs>
        <pattern id="m-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="5" height="5" className="m-hatch-back" />
          <rect width="2" height="5" className="m-hatch-line" />
        </pattern>
      </defs>
      <Land land={drawn.land} />
      {seen.map((c) => (
        <OneCountry key={c.country} c={c} m={m} drawn={drawn} kind={classOf(c)} live={dots?.by.get(c.country)?.calls ?? 0} chosen={c.country === chosen} stop={c.country === stop} onChoose={onChoose} small={narrow ? 3 : 4} />
      ))}
      {dots && <Dots dots={dots} countries={countries} drawn={drawn} narrow={narrow} />}
    </svg>
  )
}

function Land({ land }: { land: string[] }) {
  return <path className="m-land" d={land.join('')} aria-hidden />
}

type OneProps = { c: Past; m: Measure; drawn: Drawn; kind: Class; live: number; chosen: boolean; stop: boolean; small: number; onChoose: (country: string) => void }

function OneCountry({ c, m, drawn, kind, live, chosen, stop, small, onChoose }: OneProps) {
  const t = useMapText()
  const { language } = useLocale()
  const outline = drawn.outline(c)
  const at = drawn.at(c)
  const name = nameOf(c.country, language, { unknown: t('unknown'), global: t('global') })
  const value = written(m, c, language)
  const spoken = m === 'bids' ? t('spokenBids', { name, bids: c.bids, live }) : t('spoken', { name, bids: c.bids, value: value === undefined ? t('noValue') : `${t(`m_${m}`)} ${value}`, live })
  const props = {
    className: `m-country m-c-${kind}${chosen ? ' m-chosen' : ''}`,
    'data-country': c.country,
    role: 'button',
    tabIndex: stop ? 0 : -1,
    'aria-label': spoken,
    'aria-pressed': chosen,
    onClick: () => onChoose(c.country),
    children: <title>{spoken}</title>,
  }
  if (outline) return <path d={outline} {...props} />
  return at ? <circle cx={at[0]} cy={at[1]} r={small} {...props} /> : null
}
