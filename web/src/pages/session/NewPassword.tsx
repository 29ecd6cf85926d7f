// Fields that set a password by a link: the same for the first administrator and
// for somebody who forgot theirs.
import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { ApiError, textOf } from '../../api'
import { useWords } from '../../ui/text'
import { useLater } from '../../ui/values'
import { useText } from './text'

export type Given = { login: string; name: string; password: string }

export const shortest = 12

export function NewPassword({ withLogin, verb, onSend }: { withLogin?: boolean; verb: string; onSend: (given: Given) => Promise<void> }) {
  const t = useText()
  const w = useWords()
  const [given, setGiven] = useState<Given>({ login: '', name: '', password: '' })
  const [again, setAgain] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const slow = useLater(busy)
  const fields = error instanceof ApiError ? error.fields : {}
  const wrong = { password: given.password.length < shortest ? t('passwordShort') : undefined, again: again !== given.password ? t('differ') : undefined }
  const set = (name: keyof Given) => (value: string) => setGiven({ ...given, [name]: value })

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (wrong.password || wrong.again) return
    setBusy(true)
    setError(null)
    try {
      await onSend(given)
    } catch (e) {
      setError(e)
    }
    setBusy(false)
  }
  const general = error !== null && Object.keys(fields).length === 0
  return (
    <form onSubmit={(e) => void submit(e)} noValidate>
      <Stack gap="md">
        {general && (
          <Alert color="red" variant="light" role="alert">
            {error instanceof ApiError && error.status === 0 ? w('errorOffline') : textOf(error)}
          </Alert>
        )}
        {withLogin && (
          <>
            <TextInput label={t('login')} value={given.login} onChange={(e) => set('login')(e.currentTarget.value)} error={fields.login} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required />
            <TextInput label={t('name')} description={t('nameHelp')} value={given.name} onChange={(e) => set('name')(e.currentTarget.value)} error={fields.name} autoComplete="name" />
          </>
        )}
        <PasswordInput label={t('password')} description={t('passwordNewHelp')} value={given.password} onChange={(e) => set('password')(e.currentTarget.value)} error={fields.password ?? (tried && wrong.password)} autoComplete="new-password" required visibilityToggleButtonProps={{ 'aria-label': w('show') }} />
        <PasswordInput label={t('again')} value={again} onChange={(e) => setAgain(e.currentTarget.value)} error={tried && wrong.again} autoComplete="new-password" required visibilityToggleButtonProps={{ 'aria-label': w('show') }} />
        <Button type="submit" loading={slow} disabled={busy && !slow} fullWidth>
          {verb}
        </Button>
      </Stack>
    </form>
  )
}
