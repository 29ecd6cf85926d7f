// A choice from a list of the API, outside of forms: filters, questions.
import { Select } from '@mantine/core'
import { useState } from 'react'
import { useList, type ListPath, type RowOf } from '../../api'

export type PickProps<P extends ListPath> = {
  path: P
  label: string
  value: string
  onChange: (value: string) => void
  labelOf: (row: RowOf<P>) => string
  placeholder?: string
  help?: string
  query?: Record<string, unknown>
  error?: string
}

export function Pick<P extends ListPath>({ path, label, value, onChange, labelOf, placeholder, help, query, error }: PickProps<P>) {
  const [q, setQ] = useState('')
  const list = useList(path, { ...query, ...(q ? { q } : {}) }, { limit: 50 })
  const data = list.rows.map((row) => ({ value: String((row as { id: number }).id), label: labelOf(row) }))
  if (value && !data.some((d) => d.value === value)) data.unshift({ value, label: `#${value}` })
  return (
    <Select
      label={label}
      description={help}
      placeholder={placeholder}
      data={data}
      value={value || null}
      onChange={(to) => onChange(to ?? '')}
      searchable
      clearable
      error={error}
      onSearchChange={(text) => setQ(data.some((d) => d.label === text) ? '' : text)}
      filter={({ options }) => options}
      nothingFoundMessage="–"
    />
  )
}
