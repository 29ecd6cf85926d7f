// Who may sign in. A row opens the person in a drawer.
import { Button, Drawer, Group } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { RowOf } from '../../api'
import { DataTable, Empty, Page, StatusBadge, useWords, When, type Column, type Filter } from '../../ui'
import { roles, useSystem } from './text'
import { NewUser, UserDetail } from './UserForm'

type Row = RowOf<'/users'>

export default function Users() {
  const t = useSystem()
  const w = useWords()
  const [adding, setAdding] = useState(false)
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'login', title: t('login'), width: 180, phoneWidth: 110 },
      { key: 'name', title: t('name'), grow: true, wide: true },
      { key: 'role', title: t('role'), width: 140, phoneWidth: 115, render: (u) => t(`role_${u.role}`) },
      { key: 'account', title: t('account'), width: 160, wide: true, render: (u) => u.account ?? u.subscriber ?? '' },
      { key: 'enabled', title: t('state'), width: 120, phoneWidth: 100, render: (u) => <StatusBadge status={u.enabled ? 'enabled' : 'disabled'} /> },
      { key: 'totp', title: t('totp'), width: 130, wide: true, render: (u) => (u.totp ? t('totpOn') : <span className="t-dim">{t('totpOff')}</span>) },
      { key: 'signed_in_at', title: t('signedIn'), width: 170, wide: true, render: (u) => <When at={u.signed_in_at} /> },
      { key: 'created_at', title: t('created'), width: 170, hidden: true, render: (u) => <When at={u.created_at} /> },
      { key: 'email', title: t('email'), width: 200, hidden: true },
    ],
    [t],
  )
  const filters = useMemo<Filter[]>(
    () => [
      { name: 'role', label: t('role'), options: roles.map((r) => ({ value: r, label: t(`role_${r}`) })) },
      { name: 'enabled', label: t('state'), width: 140, options: [{ value: 'true', label: w('enabled') }, { value: 'false', label: w('disabled') }] },
    ],
    [t, w],
  )
  const add = <Button onClick={() => setAdding(true)}>{t('userNew')}</Button>
  return (
    <Page title={t('users')} state={t('usersState')} actions={add}>
      <DataTable
        label={t('users')}
        path="/users"
        columns={columns}
        rowKey={(u) => u.id}
        filters={filters}
        search
        drawer={{
          title: (u) => (
            <Group gap="xs">
              <strong>{u.login}</strong>
              <StatusBadge status={u.enabled ? 'enabled' : 'disabled'} />
            </Group>
          ),
          content: (u, close) => <UserDetail id={u.id} close={close} />,
        }}
        empty={
          <Empty title={t('usersEmpty')} icon="users" action={add}>
            {t('usersEmptyHelp')}
          </Empty>
        }
      />
      <Drawer opened={adding} onClose={() => setAdding(false)} position="right" size="lg" title={t('userNew')} closeButtonProps={{ 'aria-label': w('close') }}>
        {adding && <NewUser close={() => setAdding(false)} />}
      </Drawer>
    </Page>
  )
}
