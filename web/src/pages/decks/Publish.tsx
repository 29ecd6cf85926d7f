// Publishing a deck, now or at a time; taking that back.
import { Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { ApiError, get, post, queries, remove, useForget, useMe, useRecord, type Schema } from '../../api'
import { confirm, format, notice, useWords, When } from '../../ui'
import { Changes } from './Changes'
import { DeckState } from './Decks'
import { useDecks } from './text'

export function PublishDeck({ id }: { id: number }) {
  const t = useDecks()
  const me = useMe()
  const deck = useRecord('/decks/{id}', { id })
  if (!deck.data) return null
  const { value: d, etag } = deck.data
  return (
    <Group gap="md" my="sm">
      <DeckState status={d.status} />
      {d.publish_at && (
        <span>
          {t('publishAt')} <When at={d.publish_at} absolute />
        </span>
      )}
      {me.operates && <Acts deck={d} etag={etag} />}
    </Group>
  )
}

/** comparedWith is the deck that the reader has seen the changes against; 0: none was in force. */
function comparedWith(deck: Schema<'DeckDetail'>): number {
  const preview = queries.getQueryData<Schema<'DeckPreview'>>(['/decks/{id}/preview', { id: deck.id }, {}])
  return preview ? (preview.base?.id ?? 0) : (deck.in_force_id ?? 0)
}

function Acts({ deck, etag }: { deck: Schema<'DeckDetail'>; etag: string }) {
  const t = useDecks()
  const w = useWords()
  const forget = useForget()
  const [, go] = useLocation()
  const [when, setWhen] = useState('')
  const [later, setLater] = useState(false)
  const [busy, setBusy] = useState(false)
  const at = { id: deck.id }
  const act = async (what: () => Promise<unknown>, done: string) => {
    setBusy(true)
    try {
      const answer = (await what()) as { warning?: string } | undefined
      notice.ok(done)
      if (answer?.warning) notice.error(answer.warning)
      await forget('/decks', '/imports')
    } catch (error) {
      notice.error(error)
      // Somebody else was quicker: what there is to see is not what was seen.
      if (error instanceof ApiError && (error.status === 409 || error.changedMeanwhile)) await forget('/decks', '/imports')
    }
    setBusy(false)
  }
  const publish = async () => {
    const base = comparedWith(deck)
    const body = `${base ? t('publishInstead', { id: base }) : t('publishFirst')} ${t('publishHelp')}`
    if (!(await confirm({ title: t('publish'), body, yes: t('publish') }))) return
    await act(() => post('/decks/{id}/publish', { at, body: { expected_deck_id: base } }), t('published', { id: deck.id }))
  }
  // Another deck may come in force until then: the changes are those of that time.
  const publishAt = async (moment: string) => {
    setBusy(true)
    const then = await get('/decks/{id}/preview', { at, query: { at: moment } }).catch(notice.error)
    setBusy(false)
    if (!then) return
    const body = (
      <>
        <Text size="sm">{t('publishHelp')}</Text>
        <Changes of={then} later />
      </>
    )
    if (!(await confirm({ title: t('publishOn', { at: format.time(moment) }), body, yes: t('publish'), wide: true }))) return
    await act(() => post('/decks/{id}/publish', { at, body: { at: moment, expected_deck_id: then.base?.id ?? 0 } }), t('published', { id: deck.id }))
  }
  const rollBack = async () => {
    if (!(await confirm({ title: t('rollback'), body: t('rollbackHelp', { id: deck.id }), yes: t('rollback'), danger: true }))) return
    const body = { expected_deck_id: deck.id, provider_id: deck.provider_id, tariff_id: deck.tariff_id, tier: deck.tier } as Schema<'DeckRollbackInputBody'>
    await act(() => post('/decks/rollback', { body }), t('rolledBackNow', { id: deck.rollback_to_id ?? 0 }))
  }
  const drop = async () => {
    if (!(await confirm({ title: t('deleteDraft'), body: t('deckTitle', { id: deck.id }), yes: w('remove'), danger: true }))) return
    await act(async () => {
      await remove('/decks/{id}', { at, etag })
      go('/decks')
    }, w('deleted'))
  }
  switch (deck.status) {
    case 'draft':
      return (
        <>
          <Button loading={busy} onClick={() => void publish()}>
            {t('publishNow')}
          </Button>
          {later ? (
            <>
              <TextInput type="datetime-local" aria-label={t('publishTime')} value={when} onChange={(e) => setWhen(e.currentTarget.value)} />
              <Button variant="default" disabled={!when} loading={busy} onClick={() => void publishAt(format.fromInput(when))}>
                {t('publishLater')}
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setLater(true)}>
              {t('publishLater')}…
            </Button>
          )}
          <Button component={Link} href={`/replays?edit=new&deck=${deck.id}`} variant="default">
            {t('tryOut')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => void drop()}>
            {t('deleteDraft')}
          </Button>
        </>
      )
    case 'scheduled':
      return (
        <Button variant="default" loading={busy} onClick={() => void act(() => post('/decks/{id}/unpublish', { at }), w('saved'))}>
          {t('unpublish')}
        </Button>
      )
    case 'published':
      return deck.rollback_to_id ? (
        <Button variant="outline" color="red" loading={busy} onClick={() => void rollBack()}>
          {t('rollback')}
        </Button>
      ) : null
  }
  return null
}
