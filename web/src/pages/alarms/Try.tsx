// What a rule finds just now as its form has it, saved or not, without telling anybody.
import { Button, Stack, Table } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { post, type Schema } from '../../api'
import { notice, Scroll, Section, StatusBadge, type Tone } from '../../ui'
import { useAlarmText } from './text'
import { useAlarmWords, within, type Unit } from './words'

type Trial = Schema<'AlarmTrial'>
const tones: Record<Trial['members'][number]['verdict'], Tone> = { bad: 'bad', good: 'good', between: 'warn', unknown: 'off' }

export function Try({ body, unit }: { body: object; unit: Unit }) {
  const t = useAlarmText()
  const [busy, setBusy] = useState(false)
  const [tried, setTried] = useState<{ of: string; trial: Trial }>()
  const of = JSON.stringify(body)
  const trial = tried?.of === of ? tried.trial : undefined // of what is there now
  const run = async () => {
    setBusy(true)
    try {
      setTried({ of, trial: (await post('/alarm-rules/try', { body: body as never })) as Trial })
    } catch (error) {
      notice.error(error)
    }
    setBusy(false)
  }
  return (
    <Stack mt="xs">
      <Section
        title={t('try')}
        help={trial ? (trial.total === 0 ? t('triedNothing') : t('tried', { bad: trial.bad, total: trial.total, unknown: trial.unknown })) : t('tryHelp')}
        actions={
          <Button size="xs" variant="default" loading={busy} onClick={() => void run()}>
            {t('try')}
          </Button>
        }
      >
        {trial && trial.members.length > 0 && <Members trial={trial} unit={unit} />}
      </Section>
    </Stack>
  )
}

function Members({ trial, unit }: { trial: Trial; unit: Unit }) {
  const t = useAlarmText()
  const words = useAlarmWords()
  return (
    <Scroll label={t('try')} minWidth={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('subject')}</Table.Th>
            <Table.Th ta="right">{t('found')}</Table.Th>
            <Table.Th ta="right">{t('samples')}</Table.Th>
            <Table.Th ta="right">{t('past')}</Table.Th>
            <Table.Th>{t('alarmState')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {trial.members.map((m, n) => {
            const name = words.subject(m.by, m.name)
            return (
              <Table.Tr key={n}>
                <Table.Td>{within(m.link) ? <Link href={m.link}>{name}</Link> : name}</Table.Td>
                <Table.Td ta="right">{m.verdict === 'unknown' && m.samples === 0 ? '–' : words.figure(m.value, unit)}</Table.Td>
                <Table.Td ta="right">{m.samples || '–'}</Table.Td>
                <Table.Td ta="right">{m.past === null ? '–' : words.figure(m.past, unit)}</Table.Td>
                <Table.Td>
                  <StatusBadge status={m.verdict} tone={tones[m.verdict]}>
                    {t(`v_${m.verdict}`)}
                  </StatusBadge>
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Scroll>
  )
}
