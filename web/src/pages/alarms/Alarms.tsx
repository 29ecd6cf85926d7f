// Alarms: what is wrong just now and was before, the rules that say so, who is told.
import { Page, UrlTabs } from '../../ui'
import './alarms.css'
import { AlarmTable } from './AlarmTable'
import { Channels } from './Channels'
import { Deliveries } from './Deliveries'
import { Rules } from './Rules'
import { useAlarmText } from './text'
import { useAlarmNews } from './useAlarmNews'

export default function Alarms() {
  const t = useAlarmText()
  const news = useAlarmNews()
  return (
    <Page title={t('title')} state={news ? (news.firing + news.pending === 0 ? t('quiet') : t('state', { firing: news.firing, unseen: news.unacknowledged, pending: news.pending })) : <>&nbsp;</>}>
      <UrlTabs
        tabs={[
          { key: 'alarms', label: t('tabAlarms'), content: () => <AlarmTable /> },
          { key: 'rules', label: t('tabRules'), content: () => <Rules /> },
          { key: 'channels', label: t('tabChannels'), content: () => <Channels /> },
          { key: 'deliveries', label: t('tabDeliveries'), content: () => <Deliveries /> },
        ]}
      />
    </Page>
  )
}
