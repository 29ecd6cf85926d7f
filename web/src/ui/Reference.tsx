// A choice of one record out of a list of the API, however long.
import { Select, type SelectProps } from '@mantine/core'
import type { ListPath } from '../api'
import { useWords } from './text'
import { useOptions, type Choice, type ChoicesOf } from './useOptions'

type Own<P extends ListPath> = ChoicesOf<P> & {
  onChange: (value: string, label: string) => void
  /** choices that are no record: "none" */
  first?: Choice[]
}

export type ReferenceProps<P extends ListPath> = Own<P> & Omit<SelectProps, keyof Own<P> | 'data' | 'searchable' | 'filter' | 'onSearchChange' | 'onDropdownOpen'>

export function Reference<P extends ListPath>({ path, labelOf, keyOf, query, value, current, onChange, first = [], ...select }: ReferenceProps<P>) {
  const t = useWords()
  const special = first.find((f) => f.value === value)
  const options = useOptions({ path, labelOf, keyOf, query, value: special ? '' : value, current })
  const all: Choice[] = [...first, ...options.data]
  const more: Choice[] = options.more ? [{ value: ' ', label: t('typeToFind'), disabled: true }] : []
  return (
    <Select
      clearable
      {...select}
      data={[...all, ...more]}
      value={value || null}
      onChange={(to) => onChange(to ?? '', all.find((c) => c.value === to)?.label ?? '')}
      searchable
      // What is there answers while the server searches; it knows more than the label.
      filter={({ options: found, search }) => (options.pending ? found.filter((o) => 'label' in o && containing(o.label, search)) : found)}
      selectFirstOptionOnChange
      onDropdownOpen={options.onDropdownOpen}
      onSearchChange={options.onSearchChange}
      nothingFoundMessage={options.searching ? t('loading') : t('nothingMatches')}
    />
  )
}

const containing = (label: string, search: string) => label.toLowerCase().includes(search.trim().toLowerCase())
