// Where a number is from and what kind it is, in words.
import { useCallback } from 'react'
import { area } from '../i18n'
import en from '../i18n/places.en'
import ru from '../i18n/places.ru'

/** Place is what the API tells of a number. */
export type Place = { country?: string; region?: string; network?: string; type: string }

export const numberTypes = ['fixed', 'mobile', 'fixed_or_mobile', 'toll_free', 'premium', 'shared_cost', 'voip', 'personal', 'pager', 'uan', 'voicemail', 'unknown'] as const
export type NumberType = (typeof numberTypes)[number]

const useText = area(en, ru)
const words: readonly string[] = [...numberTypes, 'global']

/** useNumberTypes says a type in the reader's language. */
export function useNumberTypes(): (type: string) => string {
  const t = useText()
  return useCallback((type) => (words.includes(type) ? t(type as NumberType) : type), [t])
}

// What goes without saying: a fixed line has its town.
const plain = ['fixed', 'fixed_or_mobile', 'unknown']

/** brief is what stands behind a number: its town, or its kind where that is more to know. */
export const brief = (place: Place, say: (type: string) => string): string[] => (plain.includes(place.type) ? [place.region ?? ''] : [say(place.type)]).filter(Boolean)

/** whole is all that is known, for the hover. */
export const whole = (place: Place, say: (type: string) => string): string => [place.region, say(place.type), place.network].filter(Boolean).join(' · ')
