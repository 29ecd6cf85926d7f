// Texts with values: "{name}" puts a value in; "{count|call|calls}" chooses the
// form for the number count (English: 2 forms, Russian: 3), as Intl.PluralRules says.
import type { Language } from './language'

export type Values = Record<string, string | number>

const orders: Record<Language, Intl.LDMLPluralRule[]> = { en: ['one', 'other'], ru: ['one', 'few', 'many'] }

export function format(text: string, values: Values | undefined, language: Language): string {
  if (!values) return text
  return text.replace(/\{(\w+)(\|[^}]*)?\}/g, (all, name: string, forms?: string) => {
    const value = values[name]
    if (value === undefined) return all
    if (!forms) return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value
    const list = forms.slice(1).split('|')
    const form = new Intl.PluralRules(language).select(Number(value))
    const place = orders[language].indexOf(form)
    return list[place < 0 ? list.length - 1 : Math.min(place, list.length - 1)] ?? ''
  })
}
