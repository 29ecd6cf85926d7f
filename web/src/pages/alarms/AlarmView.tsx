// One alarm: what was found, since when, what is behind it, who looks after it.
import { Alert, Anchor, Button, Group, Stack, Textarea } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { ask, useForget, useMe, useRead, type Schema } from '../../api'
import { Facts, Icon, Loaded, notice, Section, StatusBadge, When } from '../../ui'
import { Told } from './Deliveries'
import { useAlarmText, type AlarmText } from './text'
import { severityTones, stateTones, useAlarmWords, within } from './words'

type Story = Schema<'AlarmStory'>

export function AlarmView({ id }: { id: number }) {
  const story = useRead('/alarms/{id}', undefined, { at: { id } })
  return <Loaded from={story}>{(a) => <Shown a={a as Story} />}</Loaded>
}

const details = ['different_a_numbers', 'different_b_numbers', 'answered', 'talk_s', 'without_ringing', 'short', 'of_one_length']

function Shown({ a }: { a: Story }) {
  const t = useAlarmText()
  const words = useAlarmWords()
  const value = (v: string | null) => (v === null ? undefined : <span className="t-num">{words.figure(v, a.unit)}</span>)
  const more = Object.entries(a.detail).filter(([name]) => details.includes(name))
  return (
    <Stack gap="lg">
      <Group gap="lg">
        <StatusBadge status={a.state} tone={stateTones[a.state]}>
          {t(`s_${a.state}`)}
        </StatusBadge>
        <StatusBadge status={a.severity} tone={severityTones[a.severity]}>
          {t(`sev_${a.severity}`)}
        </StatusBadge>
        {within(a.link) && (
          <Anchor component={Link} href={a.link}>
            {t('behind')}
          </Anchor>
        )}
        <Anchor component={Link} href={`/alarms?tab=rules&open=${a.rule_id}`}>
          {t('theRule')}
        </Anchor>
      </Group>
      {a.silenced && a.state === 'firing' && (
        <Alert color="blue" variant="light" icon={<Icon name="clock" />}>
          {t('silenced')}
        </Alert>
      )}
      <Facts
        rows={told([
          [words.measure(a.measure), value(a.value)],
          [t('limit'), words.limit(a.condition, a.threshold, a.unit)],
          [t('interval'), a.low !== null && a.high !== null ? t('from_to', { low: words.figure(a.low, a.unit), high: words.figure(a.high, a.unit) }) : undefined],
          [t('samples'), a.samples > 0 && a.unit !== 'count' ? <span className="t-num">{a.samples}</span> : undefined],
          [t('past'), value(a.past)],
          [t('worst'), value(a.worst)],
          [t('window'), words.span(a.window_s)],
          [t('since'), <When at={a.since} absolute />],
          [t('firedAt'), <When at={a.fired_at} absolute />],
          [t('resolvedAt'), a.resolved_at ? <><When at={a.resolved_at} absolute />{a.resolved_by && `: ${t(`over_${a.resolved_by}`)}`}</> : undefined],
          ...more.map(([name, v]): [string, string] => [t(`d_${name}` as AlarmText), v]),
        ])}
      />
      <Acknowledge key={`${a.acked_at}`} a={a} />
      <Section title={t('told')} flush={a.deliveries.length > 0}>
        {a.deliveries.length > 0 ? <Told list={a.deliveries} /> : <span className="t-dim">{t('toldNone')}</span>}
      </Section>
    </Stack>
  )
}

// told leaves out what there is nothing to say of.
const told = (rows: [string, ReactNode][]) => rows.filter(([, value]) => value !== undefined)

// Acknowledge says who looks after it, and lets one do so.
function Acknowledge({ a }: { a: Story }) {
  const t = useAlarmText()
  const me = useMe()
  const forget = useForget()
  const [note, setNote] = useState(a.ack_note)
  const [busy, setBusy] = useState(false)
  const path = '/alarms/{id}/acknowledgement'
  const doing = async (what: () => Promise<unknown>, said: string) => {
    setBusy(true)
    try {
      await what()
      notice.ok(said)
      await forget('/alarms')
    } catch (error) {
      notice.error(error)
    }
    setBusy(false)
  }
  const acked = Boolean(a.acked_at)
  if (!acked && (!me.operates || a.state === 'resolved')) return null
  return (
    <Section title={acked ? t('acknowledged') : t('ack')} help={acked ? undefined : t('ackHelp')}>
      {acked && (
        <p className="a-acked">
          <strong>{a.acked_by}</strong>, <When at={a.acked_at} />
          {!me.operates && a.ack_note && `: ${a.ack_note}`}
        </p>
      )}
      {me.operates && (
        <Stack gap="sm">
          <Textarea label={t('ackNote')} value={note} onChange={(e) => setNote(e.currentTarget.value)} maxLength={500} autosize minRows={2} />
          <Group gap="sm">
            <Button size="xs" loading={busy} disabled={acked && note === a.ack_note} onClick={() => void doing(() => ask('put', path, { at: { id: a.id }, body: { note } }), t('acked'))}>
              {acked ? t('ackChange') : t('ack')}
            </Button>
            {acked && (
              <Button size="xs" variant="default" disabled={busy} onClick={() => void doing(() => ask('delete', path, { at: { id: a.id } }), t('unacked'))}>
                {t('ackBack')}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Section>
  )
}
