// Who is told: webhooks and e-mail.
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { post, useMe, useForget, type RowOf, type Schema } from '../../api'
import { useLocale } from '../../i18n'
import { Copy, Empty, Enabled, Icon, notice, Section, type Column, type FormItem } from '../../ui'
import { Crud } from '../routing/Crud'
import { channelBody, channelValues, type ChannelValues } from './channelForm'
import { silentFields } from './silentFields'
import { useAlarmText } from './text'
import { severities } from './words'

type Row = RowOf<'/alarm-channels'>

export function Channels() {
  const t = useAlarmText()
  const { zone } = useLocale()
  const [made, setMade] = useState<Row | null>(null)
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: 'name', title: t('name'), sort: true, width: 180, grow: true },
      { key: 'enabled', title: t('enabled'), width: 120, phoneWidth: 106, render: (c) => <Enabled value={c.enabled} /> },
      { key: 'kind', title: t('kind'), width: 110, phoneWidth: 80, render: (c) => t(`kind_${c.kind}`) },
      { key: 'where', title: t('where'), width: 300, wide: true, render: (c) => (c.kind === 'webhook' ? c.url : (c.to ?? []).join(', ')) },
      { key: 'min_severity', title: t('minSeverity'), width: 120, wide: true, render: (c) => t(`sev_${c.min_severity ?? 'info'}`) },
    ],
    [t],
  )
  const fields = (c?: Row): FormItem<ChannelValues>[] => [
    { name: 'name', label: t('name'), required: true },
    { name: 'kind', label: t('kind'), kind: 'select', required: true, options: (['webhook', 'email'] as const).map((value) => ({ value, label: t(`kind_${value}`) })) },
    { name: 'url', label: t('url'), help: t('urlHelp'), placeholder: 'https://…', full: true, show: (v) => v.kind === 'webhook' },
    { name: 'secret', label: t('secret'), help: t('secretHelp'), kind: 'password', show: (v) => v.kind === 'webhook' && !v.renew },
    { name: 'renew', label: t('renew'), kind: 'switch', show: (v) => v.kind === 'webhook' && Boolean(c) },
    { name: 'to', label: t('to'), help: t('toHelp'), kind: 'tags', full: true, show: (v) => v.kind === 'email' },
    { name: 'min_severity', label: t('minSeverity'), help: t('minSeverityHelp'), kind: 'select', required: true, options: severities.map((value) => ({ value, label: t(`sev_${value}`) })) },
    { name: 'enabled', label: t('enabled'), kind: 'switch' },
    ...silentFields<ChannelValues>(t),
    { name: 'comment', label: t('comment'), full: true },
  ]
  return (
    <>
      <Crud<'/alarm-channels', ChannelValues>
        path="/alarm-channels"
        label={t('tabChannels')}
        columns={columns}
        search
        add={t('addChannel')}
        addTitle={t('newChannel')}
        title={(c) => c.name}
        fields={fields}
        valuesOf={(c) => channelValues(zone, c)}
        bodyOf={channelBody}
        onSaved={(answer) => (answer as Row).new_secret && setMade(answer as Row)}
        more={(c) => <Test key={c.id} channel={c} />}
        deleting={() => t('deletingChannel')}
        empty={
          <Empty title={t('noChannels')} icon="upload">
            {t('noChannelsHelp')}
          </Empty>
        }
      />
      <Modal opened={made !== null} onClose={() => setMade(null)} title={made ? t('madeUp', { name: made.name }) : ''} withCloseButton={false} closeOnClickOutside={false}>
        {made && (
          <Stack gap="md">
            <Group gap="xs" wrap="nowrap">
              <code className="t-mono t-break">{made.new_secret}</code>
              <Copy text={made.new_secret ?? ''} />
            </Group>
            <Text size="sm">{t('madeUpHelp')}</Text>
            <Button onClick={() => setMade(null)}>{t('noted')}</Button>
          </Stack>
        )}
      </Modal>
    </>
  )
}

// Test sends a message that says it is one, and tells what came of it.
function Test({ channel }: { channel: Row }) {
  const t = useAlarmText()
  const me = useMe()
  const forget = useForget()
  const [busy, setBusy] = useState(false)
  const [told, setTold] = useState<Schema<'AlarmDelivery'>>()
  if (!me.operates) return null
  const send = async () => {
    setBusy(true)
    setTold(undefined)
    try {
      setTold((await post('/alarm-channels/{id}/test', { at: { id: channel.id } })) as Schema<'AlarmDelivery'>)
      void forget('/alarm-deliveries')
    } catch (error) {
      notice.error(error)
    }
    setBusy(false)
  }
  return (
    <Stack mt="lg" gap="sm">
      <Section title={t('test')} help={t('testHelp')} actions={<Button size="xs" variant="default" loading={busy} onClick={() => void send()}>{t('test')}</Button>}>
        {told && (
          <Alert color={told.state === 'sent' ? 'green' : 'red'} variant="light" icon={<Icon name={told.state === 'sent' ? 'check' : 'warning'} />} role="status">
            {told.state === 'sent' ? t('testSent') : t('testFailed', { error: told.error })}
          </Alert>
        )}
      </Section>
    </Stack>
  )
}
