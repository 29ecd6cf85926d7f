// One person: settings, and what ends their access.
import { Alert, Button, Group, Stack } from '@mantine/core'
import { useMemo, useState } from 'react'
import { ask, post, remove, useForget, useMe, useRecord, type Schema } from '../../api'
import { languages } from '../../i18n'
import { confirm, Copy, FieldForm, format, Loaded, notice, useWords, type FormItem } from '../../ui'
import { roles, useSystem } from './text'

type Settings = Schema<'UserSettings'>

export const settings = (u: Schema<'User'>): Settings => ({
  login: u.login, name: u.name ?? '', email: u.email ?? '', role: u.role, account_id: u.account_id, subscriber_id: u.subscriber_id,
  language: u.language ?? '', time_zone: u.time_zone ?? '', enabled: u.enabled,
})

function useFields<V extends Settings>(of?: Schema<'User'>): FormItem<V>[] {
  const t = useSystem()
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((z) => ({ value: z, label: z })), [])
  return [
    { name: 'login', label: t('login'), help: t('loginHelp'), required: true, autoComplete: 'off' },
    { name: 'name', label: t('name') },
    { name: 'role', label: t('role'), help: t('roleHelp'), kind: 'select', required: true, full: true, options: roles.map((r) => ({ value: r, label: t(`role_${r}`) })) },
    { name: 'account_id', label: t('account'), help: t('accountHelp'), kind: 'reference', path: '/accounts', current: of?.account, show: (v) => v.role === 'customer', required: true, full: true },
    { name: 'subscriber_id', label: t('subscriber'), help: t('subscriberHelp'), kind: 'reference', path: '/subscribers', labelOf: (s: { login: string }) => s.login, current: of?.subscriber, show: (v) => v.role === 'agent', required: true, full: true },
    { name: 'email', label: t('email') },
    { name: 'language', label: t('language'), kind: 'select', placeholder: t('languageAny'), options: Object.entries(languages).map(([value, label]) => ({ value, label })) },
    { name: 'time_zone', label: t('zone'), kind: 'suggest', options: zones },
    { name: 'enabled', label: t('enabled'), help: t('enabledHelp'), kind: 'switch' },
  ] as FormItem<V>[]
}

/** An account belongs to customers, a telephone to agents. */
export const fitting = <V extends Settings>(v: V): V => ({ ...v, account_id: v.role === 'customer' ? v.account_id : undefined, subscriber_id: v.role === 'agent' ? v.subscriber_id : undefined })

export function UserDetail({ id, close }: { id: number; close: () => void }) {
  const user = useRecord('/users/{id}', { id })
  return <Loaded from={user}>{({ value, etag }) => <Known user={value} etag={etag} close={close} />}</Loaded>
}

function Known({ user, etag, close }: { user: Schema<'User'>; etag: string; close: () => void }) {
  const t = useSystem()
  const forget = useForget()
  const fields = useFields<Settings>(user)
  return (
    <Stack gap="lg">
      <FieldForm<Settings>
        initial={settings(user)}
        etag={etag}
        fields={fields}
        save={(v, seen) => ask('put', '/users/{id}', { at: { id: user.id }, body: fitting(v), etag: seen })}
        valuesOf={settings}
        reload={async () => {
          const { value, etag: now } = await ask('get', '/users/{id}', { at: { id: user.id } })
          return { value: settings(value), etag: now }
        }}
        onSaved={() => void forget('/users')}
      />
      <Access user={user} etag={etag} close={close} label={t('link')} />
    </Stack>
  )
}

function Access({ user, etag, close, label }: { user: Schema<'User'>; etag: string; close: () => void; label: string }) {
  const t = useSystem()
  const w = useWords()
  const me = useMe()
  const forget = useForget()
  const [link, setLink] = useState<Schema<'LinkAnswerBody'>>()
  const at = { id: user.id }
  const act = async (what: () => Promise<unknown>, done?: string) => {
    try {
      await what()
      if (done) notice.ok(done)
      await forget('/users')
    } catch (error) {
      notice.error(error)
    }
  }
  const drop = async () => {
    if (!(await confirm({ title: t('userDelete'), body: t('userDeleteHelp', { login: user.login }), yes: w('remove'), danger: true }))) return
    await act(async () => {
      await remove('/users/{id}', { at, etag })
      close()
    }, w('deleted'))
  }
  const endKeys = async () => {
    if (!(await confirm({ title: t('endKeys'), body: t('endKeysHelp', { login: user.login }), yes: t('endKeys'), danger: true }))) return
    await act(() => remove('/users/{id}/sessions', { at, query: { keys: true } }), t('endKeysDone'))
    await forget('/keys')
  }
  const dropFactor = async () => {
    if (await confirm({ title: t('totpReset'), body: t('totpResetHelp'), yes: t('totpReset'), danger: true })) await act(() => remove('/users/{id}/totp', { at, etag }), w('saved'))
  }
  return (
    <Stack gap="sm">
      {link && <Link login={user.login} link={link} />}
      <Group gap="sm">
        <Button variant="default" size="xs" onClick={() => void act(async () => setLink(await post('/users/{id}/password-reset', { at })))}>
          {label}
        </Button>
        <Button variant="default" size="xs" onClick={() => void act(() => remove('/users/{id}/sessions', { at }), t('endSessionsDone'))}>
          {t('endSessions')}
        </Button>
        <Button variant="default" size="xs" onClick={() => void endKeys()}>
          {t('endKeys')}
        </Button>
        {user.totp && (
          <Button variant="default" size="xs" onClick={() => void dropFactor()}>
            {t('totpReset')}
          </Button>
        )}
        {user.id !== me.user_id && (
          <Button variant="outline" color="red" size="xs" onClick={() => void drop()}>
            {t('userDelete')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function Link({ login, link }: { login: string; link: Schema<'LinkAnswerBody'> }) {
  const t = useSystem()
  const address = link.link.startsWith('http') ? link.link : location.origin + link.link
  return (
    <Alert color="blue" variant="light" title={t('link')}>
      {t('linkHelp', { login, until: format.time(link.expires_at) })}
      <Group gap="xs" mt="xs" wrap="nowrap">
        <code className="t-mono t-break">{address}</code>
        <Copy text={address} />
      </Group>
    </Alert>
  )
}

type Fresh = Schema<'CreateUserInputBody'>

const nobody: Fresh = { login: '', name: '', email: '', role: 'operator', language: '', time_zone: '', enabled: true, password: '' }

export function NewUser({ close }: { close: () => void }) {
  const t = useSystem()
  const w = useWords()
  const forget = useForget()
  const [made, setMade] = useState<{ login: string; link: Schema<'LinkAnswerBody'> }>()
  const fields: FormItem<Fresh>[] = [
    ...useFields<Fresh>(),
    { name: 'password', label: t('password'), help: t('passwordHelp'), kind: 'password', autoComplete: 'new-password', full: true },
  ]
  if (made)
    return (
      <Stack>
        <Link {...made} />
        <Button onClick={close}>{w('done')}</Button>
      </Stack>
    )
  return (
    <FieldForm<Fresh>
      initial={nobody}
      fields={fields}
      verb={w('create')}
      saidSaved={w('created')}
      onCancel={close}
      save={async (v) => {
        const { value } = await ask('post', '/users', { body: { ...fitting(v), password: v.password || undefined } })
        return value
      }}
      onSaved={async (user) => {
        await forget('/users')
        const { id, login, has_password } = user as Schema<'User'>
        if (has_password) return close()
        try {
          setMade({ login, link: await post('/users/{id}/password-reset', { at: { id } }) })
        } catch (error) {
          notice.error(error)
          close()
        }
      }}
    />
  )
}
