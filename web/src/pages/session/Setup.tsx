import { Anchor, Text } from '@mantine/core'
import { Link, useLocation } from 'wouter'
import { post, useRead } from '../../api'
import { setSession, type Principal } from '../../api/session'
import { Frame } from './Frame'
import { NewPassword } from './NewPassword'
import { useText } from './text'
import { useToken } from './token'

// The first administrator, by the link that the first start prints.
export default function Setup() {
  const t = useText()
  const token = useToken()
  const [, navigate] = useLocation()
  const setup = useRead('/setup')
  if (setup.data && !setup.data.needed)
    return (
      <Frame title={t('setup')} help={t('setupDone')}>
        <Anchor component={Link} href="/">
          {t('toSignIn')}
        </Anchor>
      </Frame>
    )
  return (
    <Frame title={t('setup')} help={t('setupHelp')}>
      {token ? (
        <NewPassword
          withLogin
          verb={t('setupGo')}
          onSend={async ({ login, name, password }) => {
            const me = await post('/setup', { body: { token, login: login.trim(), name: name.trim(), password } })
            navigate('/', { replace: true })
            setSession(me as Principal)
          }}
        />
      ) : (
        <Text role="alert">{t('setupNoToken')}</Text>
      )}
    </Frame>
  )
}
