// What a rule wants of the place of a number: its kind, country and region.
import { MultiSelect, TagsInput } from '@mantine/core'
import { useRead } from '../../api'
import { useLocale, type Language } from '../../i18n'
import type { FormItem } from '../../ui'
import { countryName } from '../../ui/countryName'
import { numberTypes, useNumberTypes } from '../../ui/places'
import type { PlaceMatch } from './match'
import type { usePolicies } from './text'

type T = ReturnType<typeof usePolicies>

export function placeFields<V extends PlaceMatch>(t: T): FormItem<V>[] {
  const list: FormItem<PlaceMatch>[] = [
    { name: 'types', label: t('types'), full: true, render: ({ value, set, error, readOnly }) => <Types label={t('types')} help={t('typesHelp')} value={(value as string[]) ?? []} set={set} error={error} readOnly={readOnly} /> },
    { name: 'countries', label: t('countries'), full: true, render: ({ value, set, error, readOnly }) => <Countries label={t('countries')} help={t('countriesHelp')} value={(value as string[]) ?? []} set={set} error={error} readOnly={readOnly} /> },
    // Names have spaces and commas: only a line's end or a semicolon parts them.
    { name: 'regions', label: t('regions'), full: true, render: ({ value, set, error, readOnly }) => <TagsInput label={t('regions')} description={t('regionsHelp')} error={error} disabled={readOnly} data-field="regions" value={(value as string[]) ?? []} onChange={set} splitChars={[';']} acceptValueOnBlur clearable /> },
  ]
  return list as unknown as FormItem<V>[]
}

type Props = { label: string; help: string; value: string[]; set: (to: string[]) => void; error?: string; readOnly?: boolean }

function Types({ label, help, value, set, error, readOnly }: Props) {
  const say = useNumberTypes()
  return <MultiSelect label={label} description={help} error={error} disabled={readOnly} data-field="types" data={numberTypes.map((type) => ({ value: type, label: say(type) }))} value={value} onChange={set} />
}

// Countries are searched by their names, in the reader's language, and by their codes.
function Countries({ label, help, value, set, error, readOnly }: Props) {
  const { language } = useLocale()
  const say = useNumberTypes()
  const read = useRead('/places/countries', { lang: language })
  const known = new Map((read.data?.items ?? []).map((c) => [c.country, c.country === '001' ? say('global') : c.name]))
  for (const code of value) if (!known.has(code)) known.set(code, countryName(code, language))
  return <MultiSelect label={label} description={help} error={error} disabled={readOnly} data-field="countries" data={[...known].map(([code, name]) => ({ value: code, label: `${name} ${code}` }))} value={value} onChange={set} searchable limit={300} />
}

/** placeWords says it in a list: "premium rate", "France, Latvia". */
export function placeWords(of: PlaceMatch, say: (type: string) => string, language: Language): string[] {
  const lists = [(of.types ?? []).map(say), (of.countries ?? []).map((c) => (c === '001' ? say('global') : countryName(c, language))), of.regions ?? []]
  return lists.map((list) => list.join(', ')).filter(Boolean)
}
