// Texts. An area is two files here, <area>.en.ts and <area>.ru.ts, and in the page:
//
//	const useText = area(en, ru)
//	const t = useText()
//	t('state', { count: 12 })
//
// A key that the Russian file lacks, or an unknown one, does not compile.
import { useMemo } from 'react'
import { format, type Values } from './format'
import { useLocale } from './language'

/** Texts are for the other languages: all the keys of the English file. */
export type Texts<T> = { [K in keyof T]: string }
export type Translate<T> = (key: keyof T & string, values?: Values) => string

export function area<T extends Record<string, string>>(en: T, ru: Texts<T>) {
  return function useText(): Translate<T> {
    const { language } = useLocale()
    return useMemo(() => (key, values) => format((language === 'ru' ? ru : en)[key] ?? key, values, language), [language])
  }
}

export { languages, setLocale, useLocale, type Language } from './language'
