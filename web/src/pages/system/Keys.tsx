// Keys for scripts: shown once, revoked at once.
import { Alert, Button, Drawer, Group, SegmentedControl, Stack } from '@mantine/core'
import { useMemo, useState } from 'react'
import { ask, remove, useForget, useMe, type RowOf, type Schema } from '../../api'
import { confirm, Copy, DataTable, Empty, FieldForm, notice, Page, useUrl, useWords, When, type Column, type FormItem } from '../../ui'
import { roles, useSystem } from './text'

type Row = RowOf<'/keys'>

export default function Keys() {
  const t = useSystem()
  const w = useWords()
  const me = useMe()
  const [params, setUrl] = useUrl()
  const [adding, setAdding] = useState(false)
  const all = me.governs && params.get('all') === 'true'
  const columns = useColumns()
  const add = <Button onClick={() => setAdding(true)}>{t('keyNew')}</Button>
  return (
    <Page title={t('keys')} state={t('keysState')} actions={add}>
      <DataTable
        label={t('keys')}
        path="/keys"
        columns={columns}
        rowKey={(k) => k.id}
        query={{ all: all || undefined }}
        tools={
          me.governs && (
            <SegmentedControl
              size="xs"
              value={all ? 'true' : ''}
              onChange={(v) => setUrl({ all: v })}
              data={[{ value: '', label: t('keysMine') }, { value: 'true', label: t('keysAll') }]}
            />
          )
        }
        empty={
          <Empty title={t('keysEmpty')} icon="keys" action={add}>
            {t('keysEmptyHelp')}
          </Empty>
        }
      />
      <Drawer opened={adding} onClose={() => setAdding(false)} position="right" size="lg" title={t('keyNew')} closeButtonProps={{ 'aria-label': w('close') }}>
        {adding && <NewKey close={() => setAdding(false)} />}
      </Drawer>
    </Page>
  )
}

function useColumns(): Column<Row>[] {
  const t = useSystem()
  const forget = useForget()
  return useMemo(() => {
    const revoke = async (k: Row) => {
      if (!(await confirm({ title: t('keyRevoke'), body: t('keyRevokeHelp', { name: k.name }), yes: t('keyRevoke'), danger: true }))) return
      try {
        await remove('/keys/{id}', { at: { id: k.id } })
        notice.ok(t('keyRevoked'))
        await forget('/keys')
      } catch (error) {
        notice.error(error)
      }
    }
    return [
      { key: 'name', title: t('keyName'), grow: true },
      { key: 'login', title: t('owner'), width: 140, wide: true },
      { key: 'role', title: t('role'), width: 130, wide: true, render: (k) => t(`role_${k.role}`) },
      { key: 'scopes', title: t('scopes'), width: 220, render: (k) => <span className="t-mono">{k.scopes.join(' ')}</span> },
      { key: 'expires_at', title: t('expires'), width: 170, wide: true, render: (k) => <When at={k.expires_at} /> },
      { key: 'used_at', title: t('used'), width: 200, wide: true, render: (k) => <When at={k.used_at} /> },
      { key: 'networks', title: t('networks'), width: 180, hidden: true, render: (k) => (k.networks ?? []).join(' ') },
      {
        key: 'revoke',
        title: t('keyRevoke'),
        width: 110,
        render: (k) => (
          <Button size="compact-xs" variant="subtle" color="red" onClick={() => void revoke(k)} aria-label={`${t('keyRevoke')}: ${k.name}`}>
            {t('keyRevoke')}
          </Button>
        ),
      },
    ]
  }, [t, forget])
}

type Fresh = Schema<'CreateKeyInputBody'> & { old_password: string }

// The parts of the platform that a key may be let into (access.Area).
const areas = ['routing', 'money', 'calls', 'system', 'own']

function NewKey({ close }: { close: () => void }) {
  const t = useSystem()
  const w = useWords()
  const me = useMe()
  const forget = useForget()
  const [made, setMade] = useState<Schema<'CreateKeyAnswerBody'>>()
  const mine = roles.slice(roles.indexOf(me.role))
  const fields: FormItem<Fresh>[] = [
    { name: 'name', label: t('keyName'), help: t('keyNameHelp'), required: true },
    { name: 'role', label: t('role'), kind: 'select', required: true, options: (me.staff ? mine : [me.role]).filter((r) => r === me.role || (r !== 'agent' && r !== 'customer')).map((r) => ({ value: r, label: t(`role_${r}`) })) },
    { name: 'scopes', label: t('scopes'), help: t('scopesHelp'), kind: 'tags', required: true, full: true, options: ['*', ...areas.flatMap((a) => [`${a}:read`, `${a}:write`])].map((s) => ({ value: s, label: s })) },
    { name: 'expires_at', label: t('expires'), help: t('expiresHelp'), kind: 'moment' },
    { name: 'networks', label: t('networks'), help: t('networksHelp'), kind: 'tags' },
    { name: 'old_password', label: t('ownPassword'), help: t('ownPasswordHelp'), kind: 'password', required: true, autoComplete: 'current-password' },
  ]
  if (made)
    return (
      <Stack>
        <Alert color="blue" variant="light" title={t('keyMade')}>
          {t('keyMadeHelp')}
          <Group gap="xs" mt="xs" wrap="nowrap">
            <code className="t-mono t-break">{made.key}</code>
            <Copy text={made.key} />
          </Group>
        </Alert>
        <Button onClick={close}>{w('done')}</Button>
      </Stack>
    )
  return (
    <FieldForm<Fresh>
      initial={{ name: '', role: me.role, scopes: [], networks: [], old_password: '' }}
      fields={fields}
      verb={w('create')}
      saidSaved=""
      onCancel={close}
      save={(v) => ask('post', '/keys', { body: { ...v, expires_at: v.expires_at || undefined } })}
      onSaved={(answer) => {
        setMade((answer as { value: Schema<'CreateKeyAnswerBody'> }).value)
        void forget('/keys')
      }}
    />
  )
}
