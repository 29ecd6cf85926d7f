// Where a number is from, in a line: country, region, kind, network, and its clock when
// the call began.
import type { Schema } from '../../api'
import { useLocale } from '../../i18n'
import { useNumberTypes, whole } from '../../ui/places'
import { nameOf } from '../map/names'
import { useCalls } from './text'

export function PlaceOf({ place }: { place: Schema<'Place'> }) {
  const t = useCalls()
  const say = useNumberTypes()
  const { language } = useLocale()
  const country = nameOf(place.country ?? '', language, { unknown: say('unknown'), global: say('global') })
  const clocks = [...new Set((place.zones ?? []).map((z) => z.local_time.slice(11, 16)))]
  return (
    <>
      {country}, {whole(place, say)}
      {clocks.length > 0 && clocks.length <= 3 && <span className="t-dim t-num"> · {t('clockThere', { clock: clocks.join(', ') })}</span>}
    </>
  )
}
