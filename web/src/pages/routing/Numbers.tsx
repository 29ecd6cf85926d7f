// The number pool: one by one, as ranges, many together, by CSV.
import { Button, Menu } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useMe, useRead, type RowOf } from '../../api'
import { Empty, Enabled, Icon, Page, PhoneNumber, useUrl, type Column, type Filter } from '../../ui'
import { useWords } from '../../ui/text'
import { filterOf } from '../numbers/bulk'
import { BulkEdit, type Which } from '../numbers/BulkEdit'
import { CSVImport } from '../numbers/CSVImport'
import { directions, numberFields, numberValues, type NumberValues } from '../numbers/fields'
import { RangeAdd } from '../numbers/RangeAdd'
import { useNumbers } from '../numbers/text'
import { Crud } from './Crud'

type Row = RowOf<'/numbers'>
type Open = { what: 'range' | 'csv' } | { what: 'edit' | 'delete'; which: Which; clear?: () => void }

export default function Numbers() {
  const t = useNumbers()
  const me = useMe()
  const [params] = useUrl()
  const [open, setOpen] = useState<Open | null>(null)
  const columns = useColumns()
  const filters = useFilters()
  const close = () => setOpen(null)
  const bulk = (rows: Row[], clear: () => void) => {
    const which = { ids: rows.map((r) => r.id) }
    return (
      <>
        <Button size="compact-sm" variant="default" onClick={() => setOpen({ what: 'edit', which, clear })}>
          {t('editSelected')}
        </Button>
        <Button size="compact-sm" variant="subtle" color="red" onClick={() => setOpen({ what: 'delete', which, clear })}>
          {t('deleteSelected')}
        </Button>
      </>
    )
  }
  return (
    <Page
      title={t('title')}
      state={<State />}
      actions={
        me.operates && (
          <>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" rightSection={<Icon name="down" size={14} />}>
                  {t('many')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<Icon name="policies" size={16} />} onClick={() => setOpen({ what: 'edit', which: { filter: filterOf(params) } })}>
                  {t('editAll')}
                </Menu.Item>
                <Menu.Item leftSection={<Icon name="upload" size={16} />} onClick={() => setOpen({ what: 'csv' })}>
                  {t('importCSV')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen({ what: 'range' })}>
              {t('range')}
            </Button>
          </>
        )
      }
    >
      <Crud<'/numbers', NumberValues>
        path="/numbers"
        label={t('title')}
        columns={columns}
        filters={filters}
        search={t('search')}
        add={t('add')}
        addTitle={t('addTitle')}
        title={(n) => <PhoneNumber value={n.number} copy />}
        fields={(n) => numberFields(t, n)}
        valuesOf={numberValues}
        deleting={() => t('deleting')}
        bulk={me.operates ? bulk : undefined}
        more={(n) => (
          <p>
            <Link href={`/calls?number=${n.number}&range=7d`}>{t('seeCalls')}</Link>
          </p>
        )}
        empty={
          <Empty title={t('none')} icon="numbers">
            {t('noneHelp')}
          </Empty>
        }
      />
      {open?.what === 'range' && <RangeAdd onClose={close} />}
      {open?.what === 'csv' && <CSVImport onClose={close} />}
      {(open?.what === 'edit' || open?.what === 'delete') && (
        <BulkEdit
          which={open.which}
          deleting={open.what === 'delete'}
          onClose={close}
          onDone={() => {
            open.clear?.()
            close()
          }}
        />
      )}
    </Page>
  )
}

function State() {
  const t = useNumbers()
  const all = useRead('/numbers', { limit: 1 }).data?.total
  const free = useRead('/numbers', { limit: 1, free: 'true' }).data?.total
  if (all === undefined || free === undefined) return <>&nbsp;</>
  return <>{t('state', { count: all, free })}</>
}

function useColumns(): Column<Row>[] {
  const t = useNumbers()
  const words = useWords()
  return useMemo(() => {
    const yes = (value?: boolean) => (value ? words('yes') : <span className="t-dim">{words('no')}</span>)
    return [
      { key: 'number', title: t('number'), sort: true, width: 165, render: (n) => <PhoneNumber value={n.number} /> },
      { key: 'enabled', title: t('enabled'), sort: true, width: 100, render: (n) => <Enabled value={n.enabled} /> },
      { key: 'direction', title: t('direction'), sort: true, width: 90, wide: true },
      { key: 'provider', title: t('provider'), sort: true, width: 95, wide: true },
      { key: 'account', title: t('account'), sort: true, width: 120, wide: true },
      { key: 'server', title: t('server'), sort: true, width: 145, wide: true },
      { key: 'destination', title: t('destination'), width: 145, wide: true, render: (n) => n.destination_subscriber || <PhoneNumber value={n.destination_number} /> },
      { key: 'gates', title: t('gates'), width: 120, grow: true, wide: true },
      { key: 'virtual', title: t('virtual'), width: 90, hidden: true, render: (n) => yes(n.virtual) },
      { key: 'echo_test', title: t('echoTest'), width: 90, hidden: true, render: (n) => yes(n.echo_test) },
      { key: 'id', title: 'ID', width: 80, right: true, hidden: true },
    ]
  }, [t, words])
}

function useFilters(): Filter[] {
  const t = useNumbers()
  const words = useWords()
  return useMemo(() => {
    const choice = (yes: string, no: string) => [
      { value: 'true', label: yes },
      { value: 'false', label: no },
    ]
    return [
      { name: 'prefix', label: t('prefix'), width: 140 },
      { name: 'provider_id', label: t('provider'), width: 150, from: { path: '/providers' } },
      { name: 'account_id', label: t('account'), width: 150, from: { path: '/accounts' } },
      { name: 'server_id', label: t('server'), width: 150, from: { path: '/servers' } },
      { name: 'direction', label: t('direction'), width: 120, options: directions.slice(0, 2).map((value) => ({ value, label: value })) },
      { name: 'free', label: t('free'), width: 140, options: choice(t('freeYes'), t('freeNo')) },
      { name: 'bound', label: t('bound'), width: 150, options: choice(t('boundYes'), t('boundNo')) },
      { name: 'enabled', label: t('enabled'), width: 120, options: choice(words('enabled'), words('disabled')) },
    ]
  }, [t, words])
}
