// How many alarms fire, on every page; nothing when none does.
import { useEffect } from 'react'
import { Link } from 'wouter'
import { useTopic } from '../api'
import { Icon } from '../ui/icons'
import { hear, useAlarmNews, type AlarmNews } from '../pages/alarms/useAlarmNews'
import { useShell } from './text'

export function AlarmBell() {
  const t = useShell()
  const news = useAlarmNews()
  useTopic<AlarmNews>('alarms', hear)
  useEffect(() => () => hear(undefined), [])
  if (!news || news.firing === 0) return null
  const text = t('bell', { firing: news.firing, unseen: news.unacknowledged })
  return (
    <Link href="/alarms" className={`t-iconbutton t-bell ${news.unacknowledged > 0 ? 't-bad' : 't-off'}`} aria-label={text} title={text}>
      <Icon name="bell" />
      <span aria-hidden data-keys={String(news.firing)} />
    </Link>
  )
}
