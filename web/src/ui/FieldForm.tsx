// A form from a list of fields: each with one line of help, the API's errors on
// their fields, and what to do when two people edit the same thing.
import { Alert, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useId, useRef, type ReactNode } from 'react'
import { textOf, type ApiError } from '../api/error'
import { ConflictView } from './Conflict'
import { Input, type Field } from './Field'
import { Icon } from './icons'
import { notice } from './ask'
import { useWords } from './text'
import { useForm, type FormOptions } from './useForm'
import { useLater } from './values'

export type { Field } from './Field'

/** Heading starts a group of fields. */
export type Heading = { section: string; help?: string }
export type FormItem<V extends object> = Field<V> | Heading

export type FieldFormProps<V extends object> = FormOptions<V> & {
  fields: FormItem<V>[]
  /** word on the button: "Create" */
  verb?: string
  onCancel?: () => void
  /** fields side by side, where there is room */
  columns?: 1 | 2
  /** what to say when it is saved; empty: nothing */
  saidSaved?: string
  readOnly?: boolean
  /** more buttons, at the left */
  extra?: ReactNode
}

export function FieldForm<V extends object>(props: FieldFormProps<V>) {
  const t = useWords()
  const form = useForm({
    ...props,
    check: (values) => ({ ...missing(props.fields, values, t('required')), ...props.check?.(values) }),
    onSaved: (answer) => {
      if (props.saidSaved !== '') notice.ok(props.saidSaved ?? t('saved'))
      props.onSaved?.(answer)
    },
  })
  const slow = useLater(form.saving)
  const box = useRef<HTMLFormElement>(null)
  const id = useId()
  const fields = props.fields.filter((f): f is Field<V> => 'name' in f)
  const strays = form.strays(fields.map((f) => f.name))
  const general = form.error && (strays.length > 0 || !hasFields(form.error)) ? form.error : null

  const submit = async () => {
    await form.submit()
    // To the first field that is wrong, once its message is there; else to what is said of the whole.
    requestAnimationFrame(() => {
      const wrong = box.current?.querySelector<HTMLElement>('[aria-invalid="true"],[data-invalid="true"]')
      if (wrong) wrong.focus()
      else box.current?.querySelector('[role="alert"]')?.scrollIntoView({ block: 'center' })
    })
  }

  return (
    <form
      ref={box}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        event.stopPropagation()
        void submit()
      }}
    >
      <Stack gap="md">
        {form.conflict && <ConflictView form={form} fields={fields} onGone={props.onCancel} />}
        {Boolean(general) && (
          <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t('errorTitle')} role="alert">
            {strays.length > 0 ? strays.join(' · ') : textOrOffline(general, t('errorOffline'))}
          </Alert>
        )}
        {sections(props.fields).map(({ heading, items }, n) => (
          <div key={heading?.section ?? n} role={heading ? 'group' : undefined} aria-labelledby={heading ? `${id}-${n}` : undefined}>
            {heading && (
              <div className="t-form-head">
                <Title order={2} size="h3" id={`${id}-${n}`}>
                  {heading.section}
                </Title>
                {heading.help && (
                  <Text size="sm" c="dimmed">
                    {heading.help}
                  </Text>
                )}
              </div>
            )}
            <SimpleGrid cols={{ base: 1, sm: props.columns ?? 2 }} spacing="md" verticalSpacing="md">
              {items
                .filter((f) => !f.show || f.show(form.values))
                .map((f) => (
                  <div key={f.name} className={f.full ? 't-full' : undefined}>
                    <Input field={f} form={form} readOnly={props.readOnly || f.readOnly} />
                  </div>
                ))}
            </SimpleGrid>
          </div>
        ))}
        {!props.readOnly && (
          <Group justify="space-between" gap="sm" className="t-form-foot">
            <Group gap="sm">{props.extra}</Group>
            <Group gap="sm">
              {props.onCancel && (
                <Button variant="default" onClick={props.onCancel}>
                  {t('cancel')}
                </Button>
              )}
              <Button type="submit" loading={slow} disabled={form.saving || (Boolean(props.etag) && !form.dirty)}>
                {props.verb ?? t('save')}
              </Button>
            </Group>
          </Group>
        )}
      </Stack>
    </form>
  )
}

const hasFields = (error: unknown) => Object.keys((error as ApiError).fields ?? {}).length > 0
const textOrOffline = (error: unknown, offline: string) => ((error as ApiError).status === 0 ? offline : textOf(error))

function sections<V extends object>(items: FormItem<V>[]) {
  const list: { heading?: Heading; items: Field<V>[] }[] = []
  for (const item of items) {
    if ('section' in item) list.push({ heading: item, items: [] })
    else {
      if (list.length === 0) list.push({ items: [] })
      list.at(-1)!.items.push(item)
    }
  }
  return list
}

function missing<V extends object>(items: FormItem<V>[], values: V, word: string) {
  const found: Record<string, string | undefined> = {}
  for (const f of items) {
    if (!('name' in f) || (f.show && !f.show(values))) continue
    const value = values[f.name]
    const empty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
    found[f.name] = f.required && empty ? word : f.check?.(value as never, values)
  }
  return found
}
