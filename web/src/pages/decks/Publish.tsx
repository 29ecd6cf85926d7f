// Publishing a deck, now or at a time; taking that back.
import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { post, remove, useForget, useMe, useRead, type Schema } from '../../api'
import { confirm, format, notice, useWords, When } from '../../ui'
import { DeckState } from './Decks'
import { useDecks } from './text'

export function PublishDeck({ id }: { id: number }) {
  const t = useDecks()
  const me = useMe()
  const deck = useRead('/decks/{id}', undefined, { at: { id } })
  const d = deck.data
  if (!d) return null
  return (
    <Group gap="md" my="sm">
      <DeckState status={d.status} />
      {d.publish_at && (
        <span>
          {t('publishAt')} <When at={d.publish_at} absolute />
        </span>
      )}
      {me.operates && <Acts deck={d} />}
    </Group>
  )
}

function Acts({ deck }: { deck: Schema<'DeckDetail'> }) {
  const t = useDecks()
  const w = useWords()
  const forget = useForget()
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
    }
    setBusy(false)
  }
  const publish = async (moment?: string) => {
    if (!(await confirm({ title: t('publish'), body: t('publishHelp'), yes: t('publish') }))) return
    await act(() => post('/decks/{id}/publish', { at, body: moment ? { at: moment } : {} }), t('published', { id: deck.id }))
  }
  const rollBack = async () => {
    if (!(await confirm({ title: t('rollback'), body: t('rollbackHelp', { id: deck.id }), yes: t('rollback'), danger: true }))) return
    const body = { expected_deck_id: deck.id, provider_id: deck.provider_id, tariff_id: deck.tariff_id, tier: deck.tier } as Schema<'DeckRollbackInputBody'>
    await act(() => post('/decks/rollback', { body }), t('rolledBackNow', { id: deck.rollback_to_id ?? 0 }))
  }
  const drop = async () => {
    if (await confirm({ title: t('deleteDraft'), body: t('deckTitle', { id: deck.id }), yes: w('remove'), danger: true })) await act(() => remove('/decks/{id}', { at, etag: '*' }), w('deleted'))
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
              <Button variant="default" disabled={!when} onClick={() => void publish(format.fromInput(when))}>
                {t('publishLater')}
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setLater(true)}>
              {t('publishLater')}…
            </Button>
          )}
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
