// A call's story: what it came to, attempts, why this route, money, log, record.
import { Stack } from '@mantine/core'
import type { Schema } from '../../api'
import { Copy, Duration, Facts, Figure, Money, PhoneNumber, Section, When, format } from '../../ui'
import { useWords } from '../../ui/text'
import { useSeen } from '../why/useSeen'
import { Why } from '../why/Why'
import { Attempts } from './Attempts'
import { Log } from './Log'
import { MoneyOfCall } from './MoneyOfCall'
import { PlaceOf } from './PlaceOf'
import { useCalls } from './text'
import { Cause, Direction } from './values'

export type CallStory = Schema<'CallStory'>

export function Story({ story }: { story: CallStory }) {
  const t = useCalls()
  const words = useWords()
  const { call, line, bids } = story
  return (
    <Stack gap="md">
      <Figures story={story} />
      <Section title={t('attempts')} help={t('attemptsHelp')}>
        <Attempts call={line} bids={bids} />
      </Section>
      <Section title={words('why')}>
        <WhyOf story={story} />
      </Section>
      <Section title={t('money')}>
        <MoneyOfCall story={story} />
      </Section>
      <Section title={t('log')} help={t('logHelp', { node: story.log_node })}>
        <Log lines={story.log} />
      </Section>
      <Section title={t('record')}>
        <Record call={call} line={line} />
      </Section>
    </Stack>
  )
}

/** WhyOf is the argument of a call that was made. */
export function WhyOf({ story }: { story: CallStory }) {
  const { call, line } = story
  const seen = useSeen(call.plan, call.started_at)
  return (
    <Why
      call={{
        caller: line.subscriber || call.endpoint,
        account: line.account_id ? { id: line.account_id, name: line.account ?? String(line.account_id) } : undefined,
        server: call.server,
        at: call.started_at,
        dialled: call.dialled,
        b_number: call.b_number,
        routing_number: call.routing_number,
        cli: call.cli,
        reason: call.plan?.length ? call.reason : undefined,
        snapshot: call.snapshot,
      }}
      // cut is another thing of a call: that its talk limit ended it.
      told={{ ...call, cut: undefined }}
      refusal={call.disposition === 'rejected' && !call.plan?.length ? { reason: call.reason, cause: call.cause } : undefined}
      tried={call.attempts ?? []}
      seen={seen}
    />
  )
}

function Figures({ story: { call, line, running } }: { story: CallStory }) {
  const t = useCalls()
  const base = call.base_currency
  const margin = line.margin
  return (
    <div className="t-figures c-figures">
      <Figure label={t('talk')} value={<Duration ms={running ? running.talk_s * 1000 : line.talk_ms} />} note={line.hangup_by ? t(`by_${line.hangup_by}`) : undefined} />
      <Figure label={t('pdd')} value={line.pdd_ms > 0 ? `${(line.pdd_ms / 1000).toFixed(2)} s` : '–'} />
      <Figure label={t('sale')} value={<Money value={line.sale ?? (running?.sold ? running.cost : undefined)} currency={line.currency || undefined} kind="rate" />} note={running?.sold ? t('heldOf', { sum: format.money(running.held) }) : undefined} />
      <Figure label={t('costBase')} value={<Money value={line.cost_base} currency={line.cost_base ? base : undefined} kind="rate" />} />
      <Figure label={t('margin')} value={<Money value={margin} currency={margin ? base : undefined} kind="rate" signed />} tone={margin?.startsWith('-') ? 'bad' : undefined} />
    </div>
  )
}

function Record({ call, line }: { call: CallStory['call']; line: CallStory['line'] }) {
  const t = useCalls()
  return (
    <Facts
      columns={3}
      rows={[
        [t('callId'), <span className="t-mono">{call.call_id} <Copy text={call.call_id} /></span>],
        [t('direction'), <Direction value={call.direction} />],
        [t('endpoint'), call.endpoint || undefined],
        [t('source'), call.source || undefined],
        [t('a'), <PhoneNumber value={call.a_number} place={call.a_place} copy />],
        [t('cli'), <PhoneNumber value={call.cli} copy />],
        [t('b'), <PhoneNumber value={call.b_number} place={call.b_place} copy />],
        [t('place'), call.b_place && <PlaceOf place={call.b_place} />],
        [t('dialled'), call.dialled || undefined],
        [t('startedAt'), <When at={call.started_at} absolute />],
        [t('answeredAt'), <When at={call.answered_at} absolute />],
        [t('endedAt'), <When at={call.ended_at} absolute />],
        [t('cause'), <Cause value={call.cause} />],
        [t('sip'), call.sip_status || undefined],
        [t('server'), call.server],
        [t('node'), call.node || undefined],
        [t('routeKey'), call.route || undefined],
        [t('closedBy'), line.closed_by ? t(`closed_${line.closed_by}`) : undefined],
        [t('origin'), call.origin || undefined],
        [t('reason'), call.reason ? <span lang="en">{call.reason}</span> : undefined],
      ]}
    />
  )
}
