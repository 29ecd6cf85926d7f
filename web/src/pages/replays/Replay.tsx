// One replay: how far it is, then what came out.
import { Alert, Button, Drawer, Group, Progress } from '@mantine/core'
import { useState } from 'react'
import { useLocation, useParams } from 'wouter'
import { queries, remove, useForget, useMe, useRead, useTopic, type Schema } from '../../api'
import { confirm, format, Icon, Loaded, notice, Page, Section, useWords } from '../../ui'
import { NewReplay } from './NewReplay'
import { periodOf, ReplayState, useWhat } from './Replays'
import { Result } from './Result'
import { useReplays } from './text'

type Job = Schema<'ReplayJob'>

const busy = (state: Job['state']) => state === 'waiting' || state === 'running'

export default function ReplayPage() {
  const t = useReplays()
  const what = useWhat()
  const { id = '' } = useParams<{ id: string }>()
  const at = { id: Number(id) }
  const [told, setTold] = useState<Job>()
  const job = useRead('/replays/{id}', undefined, { at })
  useTopic<Job>(`replay:${id}`, (now) => {
    setTold(now)
    if (now.state !== job.data?.state) void queries.invalidateQueries({ queryKey: ['/replays/{id}', at] })
  })
  // Another node may be at work: it is asked, too.
  useRead('/replays/{id}', undefined, { at, every: job.data && busy(job.data.state) ? 2000 : undefined })
  return (
    <Loaded from={job}>
      {(j) => (
        <Page
          title={t('replayTitle', { id: String(j.id) })}
          crumb={{ href: '/replays', label: t('title') }}
          state={
            <Group gap="xs">
              <ReplayState state={j.state} />
              <span>{[what(j.request), periodOf(j.request), j.result?.account && t('onlyAccount', { name: j.result.account })].filter(Boolean).join(' · ')}</span>
            </Group>
          }
          actions={<Acts job={j} />}
        >
          {busy(j.state) && <Work progress={told && busy(told.state) && told.progress.done > j.progress.done ? told.progress : j.progress} />}
          {j.state === 'failed' && (
            <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t('failed')}>
              <span lang="en">{j.error}</span>
            </Alert>
          )}
          {j.result && <Result of={j.result} />}
        </Page>
      )}
    </Loaded>
  )
}

function Work({ progress }: { progress: Schema<'WorkProgress'> }) {
  const t = useReplays()
  const known = progress.total > 0
  const text = progress.at_work || progress.done > 0 ? t('running', { done: format.count(progress.done), total: known ? format.count(progress.total) : '…' }) : t('waiting')
  return (
    <Section>
      <p role="status">{text}</p>
      <Progress value={known ? (100 * progress.done) / progress.total : 100} animated={!known} aria-label={text} />
    </Section>
  )
}

function Acts({ job }: { job: Job }) {
  const t = useReplays()
  const w = useWords()
  const me = useMe()
  const forget = useForget()
  const [, go] = useLocation()
  const [again, setAgain] = useState(false)
  if (!me.operates) return null
  const stop = busy(job.state)
  const verb = stop ? t('stop') : t('forget')
  const drop = async () => {
    if (!(await confirm({ title: `${verb}: ${t('replayTitle', { id: String(job.id) })}`, body: stop ? t('stopHelp') : t('forgetHelp'), yes: verb, danger: true }))) return
    try {
      await remove('/replays/{id}', { at: { id: job.id } })
      notice.ok(t('gone'))
      go('/replays')
      void forget('/replays')
    } catch (error) {
      notice.error(error)
    }
  }
  return (
    <>
      <Button variant="default" color="red" onClick={() => void drop()}>
        {verb}
      </Button>
      {!stop && <Button onClick={() => setAgain(true)}>{t('again')}</Button>}
      <Drawer opened={again} onClose={() => setAgain(false)} position="right" size="lg" title={t('add')} closeButtonProps={{ 'aria-label': w('close') }}>
        {again && (
          <NewReplay
            like={job.request}
            close={() => setAgain(false)}
            onMade={(id) => {
              setAgain(false)
              go(`/replays/${id}`)
            }}
          />
        )}
      </Drawer>
    </>
  )
}
