// One import, on one page: the file, its columns, what it would change, the deck.
// All of it is kept by the server: one may leave and come back.
import { Alert, Anchor, Button, Group, List, Progress, Stepper } from '@mantine/core'
import { useState } from 'react'
import { Link, useLocation, useParams } from 'wouter'
import { post, queries, remove, useForget, useMe, useRead, useTopic, type Schema } from '../../api'
import { Bones, confirm, Failed, format, Icon, Loaded, notice, Page, Section } from '../../ui'
import { Changes } from './Changes'
import { Columns } from './Columns'
import { PublishDeck } from './Publish'
import { useDecks } from './text'
import './decks.css'

type Sheet = Schema<'ReadSheet'>

export default function ImportPage() {
  const t = useDecks()
  const { id = '' } = useParams<{ id: string }>()
  const at = { id: Number(id) }
  const [told, setTold] = useState<Schema<'DeckImport'>>()
  const sheet = useRead('/imports/{id}', undefined, { at })
  useTopic<Schema<'DeckImport'>>(`import:${id}`, (now) => {
    setTold(now)
    if (now.state !== sheet.data?.state) void queries.invalidateQueries({ queryKey: ['/imports/{id}', at] })
  })
  const state = told?.state ?? sheet.data?.state
  // Where no stream comes through, it is asked.
  useRead('/imports/{id}', undefined, { at, every: state && busy(state) ? 2000 : undefined })
  return (
    <Loaded from={sheet}>
      {(s) => (
        <Page title={s.file} crumb={{ href: '/decks', label: t('decks') }} state={[s.provider ?? s.tariff, s.tier, s.currency].filter(Boolean).join(' · ')} actions={<Drop of={s} />}>
          <Stepper active={step(s)} size="sm" allowNextStepsSelect={false} className="k-steps">
            {(['file', 'columns', 'changes', 'publish'] as const).map((name) => (
              <Stepper.Step key={name} label={t(`step_${name}`)} />
            ))}
          </Stepper>
          <Body of={s} progress={told && busy(s.state) ? told.progress : s.progress} />
        </Page>
      )}
    </Loaded>
  )
}

const busy = (state: Sheet['state']) => state === 'uploading' || state === 'uploaded' || state === 'reading' || state === 'keeping'

function step(s: Sheet) {
  if (s.state === 'kept') return 3
  if (s.state === 'ready' || s.state === 'keeping') return 2
  return s.state === 'failed' ? 1 : 0
}

function Body({ of, progress }: { of: Sheet; progress: Schema<'WorkProgress'> }) {
  if (of.state === 'kept') return <Kept of={of} />
  if (busy(of.state)) return <Work of={of} progress={progress} />
  return (
    <>
      {of.errors_total > 0 || of.error ? <Faults of={of} /> : null}
      <Columns key={of.updated_at} of={of} />
      {of.state === 'ready' && <Ready of={of} />}
    </>
  )
}

function Work({ of, progress }: { of: Sheet; progress: Schema<'WorkProgress'> }) {
  const t = useDecks()
  const share = progress.total > 0 ? (100 * progress.done) / progress.total : 100
  const done = format.count(progress.done)
  const text = !progress.at_work && of.state !== 'uploading' ? t('waiting') : of.state === 'keeping' ? t('keeping', { done, total: format.count(progress.total) }) : of.state === 'uploading' ? t('uploading') : t('reading', { done })
  return (
    <Section>
      <p role="status">{text}</p>
      <Progress value={share} animated={progress.total === 0} aria-label={text} />
    </Section>
  )
}

function Faults({ of }: { of: Sheet }) {
  const t = useDecks()
  return (
    <Alert color="red" variant="light" icon={<Icon name="warning" />} title={of.errors_total > 0 ? t('errors', { count: of.errors_total }) : t('sheetFailed')} role="alert">
      {of.error && <p lang="en">{of.error}</p>}
      {of.errors_total > 0 && <p>{t('errorsHelp')}</p>}
      <List size="sm" lang="en">
        {of.errors.map((e, n) => (
          <List.Item key={n}>{[e.line && `${t('line')} ${e.line}`, e.letter ?? e.header, e.text, e.fix].filter(Boolean).join(' · ')}</List.Item>
        ))}
      </List>
      {of.errors_total > of.errors.length && <p>{t('errorsMore', { count: of.errors_total - of.errors.length })}</p>}
    </Alert>
  )
}

/** Ready shows what it would change, and keeps it. */
function Ready({ of }: { of: Sheet }) {
  const t = useDecks()
  const me = useMe()
  const forget = useForget()
  const [keeping, setKeeping] = useState(false)
  const preview = useRead('/imports/{id}/preview', undefined, { at: { id: of.id } })
  const keep = async () => {
    setKeeping(true)
    try {
      await post('/imports/{id}/keep', { at: { id: of.id }, body: {} })
      await forget('/imports', '/decks')
    } catch (error) {
      notice.error(error)
    }
    setKeeping(false)
  }
  return (
    <Section title={t('step_changes')}>
      {preview.error ? <Failed error={preview.error} retry={() => void preview.refetch()} /> : preview.data ? <Changes of={preview.data} /> : <Bones lines={8} />}
      {me.operates && (
        <Group justify="flex-end" mt="md">
          <span className="t-dim">{t('keepHelp')}</span>
          <Button loading={keeping} onClick={() => void keep()}>
            {t('keep')}
          </Button>
        </Group>
      )}
    </Section>
  )
}

function Kept({ of }: { of: Sheet }) {
  const t = useDecks()
  const id = of.deck_id
  if (!id) return <p>{t('gone')}</p>
  return (
    <Section title={t('step_publish')} help={t('publishHelp')}>
      <Anchor component={Link} href={`/decks/${id}`}>
        {t('deckTitle', { id })}
      </Anchor>
      <PublishDeck id={id} />
    </Section>
  )
}

function Drop({ of }: { of: Sheet }) {
  const t = useDecks()
  const me = useMe()
  const forget = useForget()
  const [, go] = useLocation()
  if (!me.operates || of.state === 'kept') return null
  const drop = async () => {
    if (!(await confirm({ title: t('drop'), body: t('dropHelp'), yes: t('drop'), danger: true }))) return
    try {
      await remove('/imports/{id}', { at: { id: of.id } })
      notice.ok(t('dropped'))
      void forget('/imports')
      go('/decks')
    } catch (error) {
      notice.error(error)
    }
  }
  return (
    <Button variant="default" onClick={() => void drop()}>
      {t('drop')}
    </Button>
  )
}
