import type { Language } from '../../i18n'
import { countryName } from '../../ui/countryName'

/** nameOf is what a country is called; "001" are services of the whole world. */
export function nameOf(code: string, language: Language, words: { unknown: string; global: string }): string {
  if (!code) return words.unknown
  if (code === '001') return words.global
  return countryName(code, language)
}
