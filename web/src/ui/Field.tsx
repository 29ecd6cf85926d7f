// One field of a form, by its kind.
import { Autocomplete, PasswordInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ListPath } from '../api'
import { useLocale } from '../i18n'
import { fromInput, toInput } from './format'
import { Reference } from './Reference'
import { useWords } from './text'
import type { Form } from './useForm'

export type Option = { value: string; label: string; disabled?: boolean }

export type Field<V extends object> = {
  name: keyof V & string
  label: string
  /** one line that explains it */
  help?: string
  /** text when not said. money: a decimal as text. moment: RFC 3339. reference: an id from a list. */
  kind?: 'text' | 'area' | 'integer' | 'money' | 'password' | 'switch' | 'select' | 'suggest' | 'tags' | 'moment' | 'reference'
  options?: Option[]
  /** of a reference: where to look, and what a row is called */
  path?: ListPath
  labelOf?: (row: never) => string
  /** of a reference: what the present value is called */
  current?: string
  /** an id that is text */
  textual?: boolean
  required?: boolean
  placeholder?: string
  /** unit at the right: "s", "EUR" */
  unit?: string
  show?: (values: V) => boolean
  check?: (value: never, values: V) => string | undefined
  /** takes the whole width */
  full?: boolean
  readOnly?: boolean
  autoComplete?: string
  /** its own input, where no kind fits */
  render?: (input: { value: unknown; set: (value: unknown) => void; error?: string; values: V; readOnly?: boolean }) => ReactNode
}

type Of<V extends object> = { field: Field<V>; form: Form<V>; readOnly?: boolean }

export function Input<V extends object>({ field, form, readOnly }: Of<V>) {
  const t = useWords()
  const { zone } = useLocale()
  const value = form.values[field.name] as unknown
  const set = (to: unknown) => form.set(field.name, to as V[keyof V & string])
  const error = form.errorOf(field.name)
  const common = {
    label: field.label,
    description: field.help,
    error,
    required: field.required,
    withAsterisk: field.required,
    disabled: readOnly,
    placeholder: field.placeholder,
    onBlur: () => form.touch(field.name),
    name: field.name,
    'data-field': field.name,
  }
  const text = value === undefined || value === null ? '' : String(value)
  const unit = field.unit ? { rightSection: <span className="t-unit">{field.unit}</span>, rightSectionWidth: field.unit.length * 8 + 20, rightSectionPointerEvents: 'none' as const } : {}

  if (field.render) return field.render({ value, set, error, values: form.values, readOnly })
  switch (field.kind) {
    case 'area':
      return <Textarea {...common} value={text} onChange={(e) => set(e.currentTarget.value)} autosize minRows={3} maxRows={14} />
    case 'integer':
      return <TextInput {...common} {...unit} value={text} inputMode="numeric" onChange={(e) => set(whole(e.currentTarget.value))} />
    case 'money':
      return <TextInput {...common} {...unit} value={text} inputMode="decimal" onChange={(e) => set(e.currentTarget.value.replace(',', '.').replace(/[^\d.-]/g, ''))} />
    case 'password':
      return <PasswordInput {...common} value={text} onChange={(e) => set(e.currentTarget.value)} autoComplete={field.autoComplete ?? 'new-password'} visibilityToggleButtonProps={{ 'aria-label': t('show') }} />
    case 'switch':
      return <Switch label={field.label} description={field.help} error={error} disabled={readOnly} checked={Boolean(value)} onChange={(e) => set(e.currentTarget.checked)} name={field.name} data-field={field.name} mt={4} />
    case 'select':
      return <Select {...common} data={field.options ?? []} value={text || null} onChange={(to) => set(to ?? undefined)} clearable={!field.required} searchable={(field.options?.length ?? 0) > 8} allowDeselect={!field.required} />
    case 'suggest':
      return <Autocomplete {...common} data={field.options ?? []} value={text} onChange={set} limit={50} />
    case 'tags':
      return <TagsInput {...common} value={Array.isArray(value) ? value.map(String) : []} onChange={set} clearable splitChars={[',', ' ', ';']} acceptValueOnBlur />
    case 'moment':
      return <TextInput {...common} type="datetime-local" value={text ? toInput(text, zone) : ''} onChange={(e) => set(fromInput(e.currentTarget.value, zone) || undefined)} rightSection={<span className="t-unit">{zone.split('/').at(-1)?.replace('_', ' ')}</span>} rightSectionWidth={90} rightSectionPointerEvents="none" />
    case 'reference':
      return <Reference {...common} path={field.path!} labelOf={field.labelOf as never} value={text} current={text === String(form.seen[field.name] ?? '') ? field.current : undefined} onChange={(to) => set(to === '' ? undefined : field.textual ? to : Number(to))} clearable={!field.required} />
    default:
      return <TextInput {...common} {...unit} value={text} onChange={(e) => set(e.currentTarget.value)} autoComplete={field.autoComplete ?? 'off'} />
  }
}

// whole keeps what was typed until it is a number, so that the API can say what is
// wrong with it.
function whole(text: string): number | string | undefined {
  const clean = text.trim()
  if (clean === '') return undefined
  return /^-?\d{1,15}$/.test(clean) ? Number(clean) : clean
}
