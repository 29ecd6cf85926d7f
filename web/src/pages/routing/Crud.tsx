// A table of the API that is edited in a drawer: list, new, change, delete.
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { ask, useForget, useMe, useRecord, type ListPath, type RowOf } from '../../api'
import { DataTable, FieldForm, Icon, Loaded, confirm, notice, useUrl, type DataTableProps, type FormItem } from '../../ui'
import { useWords } from '../../ui/text'
import { Create } from './Create'

type Values = Record<string, unknown>

export type CrudProps<P extends ListPath, V extends object> = Omit<DataTableProps<P>, 'drawer' | 'href' | 'rowKey' | 'exportPath'> & {
  path: P
  /** "gate", for the drawer of a new one */
  addTitle: string
  add: string
  title: (row: RowOf<P>) => ReactNode
  /** fields of the form; the row of one that is there */
  fields: (row?: RowOf<P>) => FormItem<V>[]
  /** the values of a form; of a new one without a row */
  valuesOf: (row?: RowOf<P>) => V
  /** what is sent, where that differs */
  bodyOf?: (values: V) => object
  check?: (values: V) => Partial<Record<string, string | undefined>>
  /** more of a row, under its form */
  more?: (row: RowOf<P>) => ReactNode
  /** said before deleting */
  deleting: (row: RowOf<P>) => string
  size?: string | number
  onSaved?: (answer: unknown) => void
  exported?: boolean
}

export function Crud<P extends ListPath, V extends object>(props: CrudProps<P, V>) {
  const me = useMe()
  const [params, setUrl] = useUrl()
  const pre = props.prefix ?? ''
  const creating = params.get(`${pre}edit`) === 'new'
  const close = () => setUrl({ [`${pre}edit`]: undefined })
  return (
    <>
      <DataTable
        {...props}
        rowKey={(row) => (row as { id: number }).id}
        exportPath={props.exported === false ? undefined : `${props.path}/export`}
        tools={
          <>
            {props.tools}
            {me.operates && (
              <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={() => setUrl({ [`${pre}edit`]: 'new' }, { push: true })}>
                {props.add}
              </Button>
            )}
          </>
        }
        drawer={{ title: props.title, content: (row, done) => <Change {...props} id={(row as { id: number }).id} done={done} />, size: props.size }}
      />
      <Create
        path={props.path}
        title={props.addTitle}
        opened={creating && me.operates}
        close={close}
        fields={props.fields}
        valuesOf={props.valuesOf}
        bodyOf={props.bodyOf}
        check={props.check}
        size={props.size}
        onMade={(made) => {
          props.onSaved?.(made)
          close()
        }}
      />
    </>
  )
}

type Part<P extends ListPath, V extends object> = CrudProps<P, V> & { done: () => void }

function Change<P extends ListPath, V extends object>(props: Part<P, V> & { id: number }) {
  const record = useRecord(`${props.path}/{id}` as never, { id: props.id })
  return (
    <Loaded from={record}>
      {(read) => {
        const { value, etag } = read as { value: RowOf<P>; etag: string }
        return (
          <>
            <ChangeForm {...props} value={value} etag={etag} />
            {props.more?.(value)}
          </>
        )
      }}
    </Loaded>
  )
}

function ChangeForm<P extends ListPath, V extends object>(props: Part<P, V> & { id: number; value: RowOf<P>; etag: string }) {
  const words = useWords()
  const me = useMe()
  const forget = useForget()
  const one = `${props.path}/{id}`
  const at = { id: props.id }
  const remove = async () => {
    const sure = await confirm({ title: words('remove'), body: props.deleting(props.value), yes: words('remove'), danger: true })
    if (!sure) return
    try {
      await ask('delete', one as never, { at, etag: props.etag })
      props.done()
      void forget(props.path)
      notice.ok(words('deleted'))
    } catch (error) {
      notice.error(error)
    }
  }
  return (
    <FieldForm<V>
      initial={props.valuesOf(props.value)}
      etag={props.etag}
      fields={props.fields(props.value)}
      check={props.check}
      readOnly={!me.operates}
      save={(values, etag) => ask('put', one as never, { at, body: body(props, values) as never, etag })}
      valuesOf={props.valuesOf as never}
      reload={async () => {
        const now = (await ask('get', one as never, { at })) as { value: RowOf<P>; etag: string }
        return { value: props.valuesOf(now.value), etag: now.etag }
      }}
      onSaved={(answer) => {
        void forget(props.path)
        props.onSaved?.((answer as { value: unknown }).value)
      }}
      onCancel={props.done}
      extra={
        <Button variant="subtle" color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => void remove()}>
          {words('remove')}
        </Button>
      }
    />
  )
}

const body = <P extends ListPath, V extends object>(props: CrudProps<P, V>, values: V): Values => (props.bodyOf ? props.bodyOf(values) : values) as Values
