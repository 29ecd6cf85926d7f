// Telephones: subscribers who register at a server, or belong to an account.
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { RowOf, Schema } from '../../api'
import { Copy, Empty, Enabled, type Column, type FormItem } from '../../ui'
import { useWords } from '../../ui/text'
import { Crud } from '../routing/Crud'
import { useServers } from './text'

type Row = RowOf<'/subscribers'>
type Values = { login: string; secret?: string; account_id: number; server_id: number; extension: string; enabled: boolean; numbers: string[] }

export const telephoneValues = (s?: Row, account?: number, server?: number): Values => ({
  login: s?.login ?? '',
  secret: undefined,
  account_id: (s?.account_id ?? account) as number,
  server_id: (s?.server_id ?? server) as number,
  extension: s?.extension ?? '',
  enabled: s?.enabled ?? true,
  numbers: s?.numbers ?? [],
})

/** An empty secret would have a new one made up. */
export const telephoneBody = (v: Values) => ({ ...v, secret: v.secret || undefined })

export function Telephones({ server, account }: { server?: Schema<'Server'>; account?: { id: number; name: string } }) {
  const t = useServers()
  const words = useWords()
  const [made, setMade] = useState<Row | null>(null)
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'login', title: t('login'), sort: true, width: 170, grow: true },
      { key: 'enabled', title: t('enabled'), width: 120, render: (s) => <Enabled value={s.enabled} /> },
      { key: 'account', title: t('account'), sort: true, width: 170, hidden: Boolean(account), wide: true },
      { key: 'server', title: t('server'), sort: true, width: 170, hidden: Boolean(server), wide: true },
      { key: 'extension', title: t('extension'), sort: true, width: 130 },
      { key: 'numbers', title: t('mayShow'), width: 260, wide: true, render: (s) => (s.numbers ?? []).join(', ') || <span className="t-dim">–</span> },
    ],
    [t, server, account],
  )
  const fields = (s?: Row): FormItem<Values>[] => [
    { name: 'login', label: t('login'), help: t('loginHelp'), required: true },
    { name: 'secret', label: t('secret'), help: s ? words('writeOnly') : t('secretNew'), kind: 'password' },
    { name: 'account_id', label: t('account'), kind: 'reference', path: '/accounts', current: s?.account ?? account?.name, required: true },
    { name: 'server_id', label: t('server'), kind: 'reference', path: '/servers', current: s?.server ?? server?.name, required: true },
    { name: 'extension', label: t('extension'), help: t('extensionHelp') },
    { name: 'enabled', label: t('enabled'), kind: 'switch' },
    { name: 'numbers', label: t('mayShow'), help: t('mayShowHelp'), kind: 'tags', full: true },
  ]
  return (
    <>
      <Crud<'/subscribers', Values>
        path="/subscribers"
        label={t('tabTelephones')}
        columns={columns}
        query={{ server_id: server?.id, account_id: account?.id }}
        search
        add={t('addTelephone')}
        addTitle={t('newTelephone')}
        title={(s) => s.login}
        fields={fields}
        valuesOf={(s) => telephoneValues(s, account?.id, server?.id)}
        bodyOf={telephoneBody}
        onSaved={(answer) => (answer as Row).new_secret && setMade(answer as Row)}
        deleting={() => t('deletingTelephone')}
        height="28rem"
        empty={
          <Empty title={t('noTelephones')} icon="calls">
            {t('noTelephonesHelp')}
          </Empty>
        }
      />
      <Modal opened={made !== null} onClose={() => setMade(null)} title={made ? t('madeUp', { login: made.login }) : ''} withCloseButton={false} closeOnClickOutside={false}>
        {made && (
          <Stack gap="md">
            <Group gap="xs">
              <code className="t-mono">{made.new_secret}</code>
              <Copy text={made.new_secret ?? ''} />
            </Group>
            <Text size="sm">{t('madeUpHelp')}</Text>
            <Group justify="flex-end">
              <Button onClick={() => setMade(null)}>{t('close')}</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  )
}
