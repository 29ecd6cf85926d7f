import { Anchor, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { post } from '../../api'
import { setSession } from '../../api/session'
import { Frame } from './Frame'
import { NewPassword } from './NewPassword'
import { useText } from './text'
import { useToken } from './token'

// A new password, by the link that an administrator gave.
export default function Reset() {
  const t = useText()
  const token = useToken()
  const [done, setDone] = useState(false)
  return (
    <Frame title={t('reset')} help={done ? t('resetDone') : t('resetHelp')}>
      {done ? (
        <Anchor component={Link} href="/">
          {t('toSignIn')}
        </Anchor>
      ) : token ? (
        <NewPassword
          verb={t('resetGo')}
          onSend={async ({ password }) => {
            await post('/password-reset', { body: { token, password } })
            setSession(null)
            setDone(true)
          }}
        />
      ) : (
        <Text role="alert">{t('setupNoToken')}</Text>
      )}
    </Frame>
  )
}
