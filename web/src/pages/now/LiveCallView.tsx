import { Anchor, Button, Group, Stack, Title } from '@mantine/core'
import { Link } from 'wouter'
import { post, useMe } from '../../api'
import { international } from '../../ui/countries'
import { confirm, Facts, Icon, Money, notice, PhoneNumber, When } from '../../ui'
import { useWords } from '../../ui/text'
import { Why } from '../../ui/Why'
import { Remaining, State, Talk } from './liveColumns'
import { useText } from './text'
import type { Row } from './useLive'

/** LiveCallView is one call in progress, in the drawer. */
export function LiveCallView({ call, skewMs }: { call: Row; skewMs: number }) {
  const t = useText()
  const w = useWords()
  const me = useMe()
  const hangUp = async () => {
    const reply = await confirm({ title: t('hangupTitle'), body: t('hangupBody', { a: international(call.a ?? '–'), b: international(call.b ?? '–') }), yes: t('hangup'), danger: true, reason: true })
    if (!reply) return
    try {
      await post('/live/calls/{id}/hangup', { at: { id: call.call_id }, body: { reason: reply.reason, cause: 16 } })
      notice.ok(t('hungup'))
    } catch (error) {
      notice.error(error)
    }
  }
  const link = (href: string, text?: string) =>
    text ? (
      <Anchor component={Link} href={href} size="sm">
        {text}
      </Anchor>
    ) : undefined
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <State call={call} />
        {me.operates && !call.endedAt && (
          <Button color="red" variant="outline" size="xs" leftSection={<Icon name="hangup" size={15} />} onClick={() => void hangUp()}>
            {t('hangup')}
          </Button>
        )}
      </Group>
      <Facts
        rows={[
          [t('a'), <PhoneNumber value={call.a} place={call.a_place} copy />],
          [t('b'), <PhoneNumber value={call.b} place={call.b_place} copy />],
          [t('cli'), call.cli ? <PhoneNumber value={call.cli} /> : undefined],
          [t('direction'), call.direction ? t(call.direction as 'out') : undefined],
          [t('account'), link(`/accounts/${call.account_id}`, call.account)],
          [t('subscriber'), call.subscriber],
          [t('route'), call.provider ? link(`/providers/${call.provider_id}`, call.provider) : link(`/providers/${call.from_provider_id}`, call.from_provider)],
          [t('server'), call.server],
          [t('began'), <When at={call.began_at} absolute />],
          [t('duration'), <Talk call={call} />],
          [t('cost'), call.sold ? <Money value={call.cost} currency={call.currency} kind="rate" /> : undefined],
          [t('heldMoney'), call.sold ? <Money value={call.held} currency={call.currency} kind="rate" /> : undefined],
          [t('remaining'), <Remaining call={call} skewMs={skewMs} />],
          [t('node'), call.node],
        ]}
      />
      {call.known && (
        <div>
          <Title order={2} mb="sm">
            {w('why')}
          </Title>
          <Why callId={call.call_id} />
        </div>
      )}
    </Stack>
  )
}
