// The whole: who is there decides between signing in and the shell.
import { lazy, Suspense, useEffect } from 'react'
import { Router, useLocation, type AroundNavHandler } from 'wouter'
import { useEnded, useSession, type Principal } from '../api/session'
import { closeStream } from '../api/stream'
import { setLocale } from '../i18n/language'
import { Asking, confirm, Notices } from '../ui/ask'
import { anyUnsaved, askBefore, forgetUnsaved, leaves } from '../ui/leave'
import { Failed } from '../ui/Page'
import { useWords } from '../ui/text'
import { Shell } from './Shell'

const Reset = lazy(() => import('../pages/session/Reset'))
const Setup = lazy(() => import('../pages/session/Setup'))
const SignIn = lazy(() => import('../pages/session/SignIn'))

export function App() {
  const t = useWords()
  const session = useSession()
  const me = session.data
  useEffect(() => {
    if (me) setLocale({ language: me.language || undefined, zone: me.time_zone || undefined })
    else closeStream()
  }, [me])

  const sure = async () => (await confirm({ title: t('leave'), body: t('leaveHelp'), yes: t('leaveYes'), no: t('leaveNo'), danger: true })) !== null
  const around: AroundNavHandler = (navigate, to, options) => {
    if (!anyUnsaved() || !leaves(new URL(location.href), new URL(String(to), location.href))) return navigate(to, options)
    void sure().then((yes) => {
      if (!yes) return
      forgetUnsaved()
      navigate(to, options)
    })
  }
  useEffect(() => askBefore(sure))

  return (
    <Router aroundNav={around}>
      <Suspense>
        <Door me={me} error={session.error} retry={() => void session.refetch()} />
      </Suspense>
      <Asking />
      <Notices />
    </Router>
  )
}

function Door({ me, error, retry }: { me: Principal | null | undefined; error: unknown; retry: () => void }) {
  const [path] = useLocation()
  const ended = useEnded()
  // Drawers and dialogues are outside of the shell: they would lie over the door.
  useEffect(() => {
    document.body.toggleAttribute('data-ended', ended)
  }, [ended])
  if (path === '/setup') return <Setup />
  if (path === '/password') return <Reset />
  if (me)
    return (
      <>
        <div hidden={ended}>
          <Shell key={me.user_id} me={me} />
        </div>
        {ended && <SignIn again={me.login} />}
      </>
    )
  if (me === null) return <SignIn />
  return error ? <Failed error={error} retry={retry} /> : null
}
