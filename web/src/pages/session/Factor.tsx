// The second factor: shown as a QR code, in force once a code has confirmed it.
import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { ApiError, post, put, queries, remove, textOf, useMe } from '../../api'
import { Copy, notice, Section, StatusBadge, useWords } from '../../ui'
import { QR } from './QR'
import { useText } from './text'

type Step = { at: 'rest' } | { at: 'password' } | { at: 'scan'; secret: string; url: string } | { at: 'drop' }

export function Factor() {
  const t = useText()
  const w = useWords()
  const me = useMe()
  const [step, setStep] = useState<Step>({ at: 'rest' })
  const again = () => queries.invalidateQueries({ queryKey: ['/session'] })
  const rest = () => setStep({ at: 'rest' })
  return (
    <Section
      title={
        <Group gap="sm">
          {t('factor')} <StatusBadge status={me.totp ? 'enabled' : 'disabled'}>{me.totp ? t('factorOn') : t('factorOff')}</StatusBadge>
        </Group>
      }
      help={t('factorHelp')}
      actions={
        step.at === 'rest' && (
          <Button variant="default" size="xs" onClick={() => setStep({ at: me.totp ? 'drop' : 'password' })}>
            {me.totp ? t('factorDrop') : t('factorBegin')}
          </Button>
        )
      }
    >
      {step.at === 'password' && (
        <OneField
          key="password"
          field={(props) => <PasswordInput label={t('passwordOld')} description={t('factorBeginHelp')} autoComplete="current-password" visibilityToggleButtonProps={{ 'aria-label': w('show') }} {...props} />}
          name="old_password"
          verb={t('factorBegin')}
          onCancel={rest}
          onSend={async (password) => {
            const { secret, url } = await post('/session/totp', { body: { old_password: password } })
            setStep({ at: 'scan', secret, url })
          }}
        />
      )}
      {step.at === 'scan' && (
        <Group align="flex-start" gap="xl">
          <QR text={step.url} label={t('factorQR')} />
          <Stack gap="md" flex="1 1 260px">
            <Text size="sm">{t('factorScan')}</Text>
            <Group gap={6}>
              <Text size="sm" c="dimmed">
                {t('factorSecret')}
              </Text>
              <Code>{step.secret.replace(/(.{4})(?=.)/g, '$1 ')}</Code>
              <Copy text={step.secret} />
            </Group>
            <OneField
              key="confirm"
              field={(props) => <TextInput label={t('code')} description={t('codeHelp')} inputMode="numeric" autoComplete="one-time-code" {...props} />}
              name="code"
              verb={t('factorConfirm')}
              onCancel={rest}
              onSend={async (code) => {
                await put('/session/totp', { body: { code } })
                notice.ok(t('factorConfirmed'))
                rest()
                await again()
              }}
            />
          </Stack>
        </Group>
      )}
      {step.at === 'drop' && (
        <OneField
          key="drop"
          field={(props) => <TextInput label={t('code')} description={t('factorDropHelp')} inputMode="numeric" autoComplete="one-time-code" {...props} />}
          name="code"
          verb={t('factorDrop')}
          onCancel={rest}
          onSend={async (code) => {
            await remove('/session/totp', { query: { code } })
            notice.ok(t('factorDropped'))
            rest()
            await again()
          }}
        />
      )}
    </Section>
  )
}

type InputProps = { value: string; onChange: (event: { currentTarget: { value: string } }) => void; error: string | undefined; autoFocus: true; required: true }

function OneField({ field, name, verb, onSend, onCancel }: { field: (props: InputProps) => ReactNode; name: string; verb: string; onSend: (value: string) => Promise<void>; onCancel: () => void }) {
  const w = useWords()
  const [value, setValue] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    setError(null)
    try {
      await onSend(value.trim())
    } catch (e) {
      setError(e)
      setBusy(false)
    }
  }
  const message = error === null ? undefined : error instanceof ApiError ? (error.fields[name] ?? error.message) : textOf(error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Stack gap="md" maw={360}>
        {field({ value, onChange: (e) => setValue(e.currentTarget.value), error: message, autoFocus: true, required: true })}
        <Group gap="sm">
          <Button type="submit" size="xs" disabled={busy}>
            {verb}
          </Button>
          <Button variant="default" size="xs" onClick={onCancel}>
            {w('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
