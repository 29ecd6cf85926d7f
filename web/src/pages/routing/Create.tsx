// The drawer of something new.
import { Drawer } from '@mantine/core'
import { ask, useForget } from '../../api'
import { FieldForm, type FormItem } from '../../ui'
import { useWords } from '../../ui/text'

export type CreateProps<V extends object> = {
  path: string
  title: string
  opened: boolean
  close: () => void
  fields: () => FormItem<V>[]
  valuesOf: () => V
  /** what is sent, where that differs */
  bodyOf?: (values: V) => object
  check?: (values: V) => Partial<Record<string, string | undefined>>
  size?: string | number
  /** it is there; the drawer is still open */
  onMade: (made: { id: number }) => void
}

export function Create<V extends object>(props: CreateProps<V>) {
  const words = useWords()
  return (
    <Drawer opened={props.opened} onClose={props.close} position="right" size={props.size ?? 'lg'} title={props.title} closeButtonProps={{ 'aria-label': words('close') }}>
      {props.opened && <Form {...props} />}
    </Drawer>
  )
}

function Form<V extends object>(props: CreateProps<V>) {
  const words = useWords()
  const forget = useForget()
  return (
    <FieldForm<V>
      initial={props.valuesOf()}
      fields={props.fields()}
      check={props.check}
      verb={words('create')}
      saidSaved={words('created')}
      save={async (values) => (await ask('post', props.path as never, { body: (props.bodyOf?.(values) ?? values) as never })).value}
      onSaved={(made) => {
        void forget(props.path)
        props.onMade(made as { id: number })
      }}
      onCancel={props.close}
    />
  )
}
