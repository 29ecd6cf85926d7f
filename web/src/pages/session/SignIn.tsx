import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { ApiError, post, textOf } from '../../api'
import { setSession, type Principal } from '../../api/session'
import { useWords } from '../../ui/text'
import { useLater } from '../../ui/values'
import { Frame } from './Frame'
import { useText } from './text'

// The page that was asked for opens when one is signed in: the address stays.
export default function SignIn({ again }: { again?: string }) {
  const t = useText()
  const w = useWords()
  const [login, setLogin] = useState(again ?? '')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [wantsCode, setWantsCode] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const slow = useLater(busy)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      setSession((await post('/session', { body: { login: login.trim(), password, ...(wantsCode && { totp: code.trim() }) } })) as Principal)
    } catch (e) {
      setBusy(false)
      const codeAsked = e instanceof ApiError && 'totp' in e.fields
      if (codeAsked && !wantsCode) return setWantsCode(true)
      setError(e)
      setCode('')
    }
  }
  const message = error === null ? '' : error instanceof ApiError && error.status === 0 ? w('errorOffline') : error instanceof ApiError && error.status === 401 ? error.message : textOf(error)
  return (
    <Frame title={t('signIn')} help={wantsCode ? t('codeFirst') : again ? t('signInAgain') : t('signInHelp')}>
      <form onSubmit={(e) => void submit(e)}>
        <Stack gap="md">
          {message && (
            <Alert color="red" variant="light" role="alert">
              {message}
            </Alert>
          )}
          {wantsCode ? (
            <>
              <TextInput key="code" label={t('code')} description={t('codeHelp')} value={code} onChange={(e) => setCode(e.currentTarget.value)} inputMode="numeric" autoComplete="one-time-code" autoFocus required />
              <Anchor
                component="button"
                type="button"
                size="sm"
                onClick={() => {
                  setWantsCode(false)
                  setPassword('')
                  setError(null)
                }}
              >
                {t('another')}
              </Anchor>
            </>
          ) : (
            <>
              <TextInput label={t('login')} name="login" value={login} onChange={(e) => setLogin(e.currentTarget.value)} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus={!again} required />
              <PasswordInput label={t('password')} name="password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" autoFocus={Boolean(again)} required visibilityToggleButtonProps={{ 'aria-label': w('show') }} />
            </>
          )}
          <Button type="submit" loading={slow} disabled={busy && !slow} fullWidth>
            {t('signIn')}
          </Button>
          <Text size="xs" c="dimmed">
            {t('forgot')}
          </Text>
        </Stack>
      </form>
    </Frame>
  )
}
