import { Button, Table, Text } from '@mantine/core'
import { useMemo } from 'react'
import { ask, queries, remove, useForget, useMe, useRead } from '../../api'
import { setSession, type Principal } from '../../api/session'
import { languages, setLocale } from '../../i18n'
import { useShell } from '../../shell/text'
import { confirm, FieldForm, notice, Page, Scroll, Section, useWords, When, type FormItem } from '../../ui'
import { shortest } from './NewPassword'
import { Factor } from './Factor'
import { useText } from './text'

export default function Profile() {
  const t = useText()
  const s = useShell()
  const me = useMe()
  return (
    <Page title={t('profile')} state={t('profileState', { login: me.login, role: s(`role_${me.role}`) })}>
      <div className="t-narrow">
        <Preferences />
        <Password />
        <Factor />
        <Sessions />
      </div>
    </Page>
  )
}

type Preference = { language: string; time_zone: string }

function Preferences() {
  const t = useText()
  const me = useMe()
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((z) => ({ value: z, label: z })), [])
  const fields: FormItem<Preference>[] = [
    { name: 'language', label: t('language'), kind: 'select', options: Object.entries(languages).map(([value, label]) => ({ value, label })), placeholder: t('languageBrowser') },
    { name: 'time_zone', label: t('zone'), help: t('zoneHelp'), kind: 'suggest', options: zones },
  ]
  return (
    <Section title={t('preferences')} help={t('preferencesHelp')}>
      <FieldForm<Preference>
        initial={{ language: me.language, time_zone: me.time_zone }}
        fields={fields}
        save={async (v) => {
          const body = { language: v.language ?? '', time_zone: v.time_zone ?? '' }
          const { value } = await ask('put', '/session/preferences', { body })
          setSession(value as Principal)
          setLocale({ language: body.language, zone: body.time_zone })
        }}
      />
    </Section>
  )
}

type Passwords = { old_password: string; password: string; again: string; keep_keys: boolean }
const noPasswords: Passwords = { old_password: '', password: '', again: '', keep_keys: false }

function Password() {
  const t = useText()
  const forget = useForget()
  const fields: FormItem<Passwords>[] = [
    { name: 'old_password', label: t('passwordOld'), kind: 'password', required: true, autoComplete: 'current-password', full: true },
    { name: 'password', label: t('passwordNew'), help: t('passwordNewHelp'), kind: 'password', required: true, check: (v: string) => (v.length < shortest ? t('passwordShort') : undefined) },
    { name: 'again', label: t('again'), kind: 'password', required: true, check: (v: string, all) => (v !== all.password ? t('differ') : undefined) },
    { name: 'keep_keys', label: t('keepKeys'), help: t('keepKeysHelp'), kind: 'switch', full: true },
  ]
  return (
    <Section title={t('passwordChange')} help={t('passwordChangeHelp')}>
      <FieldForm<Passwords>
        initial={noPasswords}
        fields={fields}
        clearSaved
        saidSaved={t('passwordChanged')}
        save={(v) => ask('put', '/session/password', { body: { old_password: v.old_password, password: v.password, keep_keys: v.keep_keys || undefined } })}
        onSaved={() => void forget('/session/others', '/keys')}
      />
    </Section>
  )
}

function Sessions() {
  const t = useText()
  const w = useWords()
  const list = useRead('/session/others')
  const rows = list.data?.items ?? []
  const end = async () => {
    if (!(await confirm({ title: t('sessionsEnd'), yes: t('sessionsEnd'), danger: true }))) return
    try {
      await remove('/session/others')
      notice.ok(t('sessionsEnded'))
    } catch (error) {
      notice.error(error)
    }
    await queries.invalidateQueries({ queryKey: ['/session/others'] })
  }
  return (
    <Section
      title={t('sessions')}
      actions={
        rows.length > 0 && (
          <Button variant="default" size="xs" onClick={() => void end()}>
            {t('sessionsEnd')}
          </Button>
        )
      }
    >
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {list.isPending ? w('loading') : t('sessionsNone')}
        </Text>
      ) : (
        <Scroll label={t('sessions')} minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                {[t('sessionAgent'), t('sessionAddress'), t('sessionSince'), t('sessionSeen')].map((title) => (
                  <Table.Th key={title}>{title}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((s) => (
                <Table.Tr key={s.id}>
                  <Table.Td maw={320} className="t-ellipsis" title={s.agent}>
                    {s.agent || '–'}
                  </Table.Td>
                  <Table.Td>{s.address || '–'}</Table.Td>
                  <Table.Td>
                    <When at={s.created_at} />
                  </Table.Td>
                  <Table.Td>
                    <When at={s.seen_at} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      )}
    </Section>
  )
}
