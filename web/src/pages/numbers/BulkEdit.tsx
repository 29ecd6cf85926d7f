// Many numbers are changed in the same way, or deleted: choice, preview, deed.
import { Alert, Button, Group, Modal, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ApiError, ask, textOf, useForget, type ListPath, type Schema } from '../../api'
import { Icon, notice, Reference, type ReferenceProps } from '../../ui'
import { useWords } from '../../ui/text'
import { clear, editOf, untouched, type Choice } from './bulk'
import { directions } from './fields'
import { Report, touched, useSummary } from './Report'
import { useNumbers } from './text'
import { useFocusBack } from '../../ui/useFocusBack'

export type Which = { ids: number[] } | { filter: Record<string, string | number> }

export function BulkEdit({ which, deleting, onClose, onDone }: { which: Which; deleting?: boolean; onClose: () => void; onDone: () => void }) {
  useFocusBack()
  const t = useNumbers()
  const words = useWords()
  const forget = useForget()
  const summary = useSummary()
  const [choice, setChoice] = useState(untouched)
  const [report, setReport] = useState<Schema<'NumberReport'> | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const nothing = 'filter' in which && Object.keys(which.filter).length === 0
  const edit = deleting ? { delete: true } : editOf(choice)

  const send = async (preview: boolean) => {
    setBusy(true)
    setError('')
    try {
      // selection stands for the numbers of the preview, as they were.
      const { value } = await ask('post', '/numbers/bulk', { query: { preview }, body: { ...which, change: edit, selection: preview ? undefined : report?.selection } as never })
      if (preview) return setReport(value)
      void forget('/numbers')
      notice.ok(summary(value))
      onDone()
    } catch (e) {
      setError(textOf(e))
      // Others than in the preview: it is looked at anew before anything is done.
      if (e instanceof ApiError && e.status === 409) setReport(null)
    } finally {
      setBusy(false)
    }
  }
  const look = () => (Object.keys(edit).length === 0 ? setError(t('nothingSet')) : void send(true))

  return (
    <Modal opened onClose={onClose} size="xl" title={deleting ? t('deleteTitle') : t('bulkTitle')} closeButtonProps={{ 'aria-label': words('close') }}>
      <Stack gap="md">
        <Text size="sm">
          <strong>{'ids' in which ? t('bulkWhichSelected', { count: which.ids.length }) : nothing ? '' : t('bulkWhichFilter')}</strong> {nothing ? t('bulkWhichAll') : deleting ? t('deleting') : t('bulkHelp')}
        </Text>
        {error && (
          <Alert color="red" variant="light" icon={<Icon name="warning" />} role="alert">
            {error}
          </Alert>
        )}
        {report ? <Report report={report} /> : !deleting && !nothing && <Choices choice={choice} set={(more) => setChoice({ ...choice, ...more })} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={report && !deleting ? () => setReport(null) : onClose}>
            {report && !deleting ? t('change') : words('cancel')}
          </Button>
          {report ? (
            <Button color={deleting ? 'red' : undefined} loading={busy} disabled={touched(report) === 0} onClick={() => void send(false)}>
              {deleting ? t('applyDelete', { count: report.deleted }) : t('applyChange', { count: report.changed })}
            </Button>
          ) : (
            <Button loading={busy} disabled={nothing} onClick={look}>
              {t('preview')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

function Choices({ choice, set }: { choice: Choice; set: (more: Partial<Choice>) => void }) {
  const t = useNumbers()
  const yesNo = [
    { value: 'yes', label: t('yes') },
    { value: 'no', label: t('no') },
  ]
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="sm">
      <Other path="/accounts" label={t('account')} value={choice.account_id} onChange={(account_id) => set({ account_id })} mayBeNone />
      <Other path="/servers" label={t('server')} value={choice.server_id} onChange={(server_id) => set({ server_id })} mayBeNone />
      <Other path="/providers" label={t('provider')} value={choice.provider_id} onChange={(provider_id) => set({ provider_id })} />
      <Other path="/subscribers" label={t('destinationSubscriber')} value={choice.destination_subscriber_id} onChange={(destination_subscriber_id) => set({ destination_subscriber_id })} labelOf={(s) => s.login} mayBeNone />
      <Fixed label={t('direction')} data={directions.map((value) => ({ value, label: value }))} value={choice.direction} onChange={(direction) => set({ direction })} />
      <Fixed label={t('enabled')} data={yesNo} value={choice.enabled} onChange={(enabled) => set({ enabled })} />
      <Fixed label={t('virtual')} data={yesNo} value={choice.virtual} onChange={(virtual) => set({ virtual })} />
      <Fixed label={t('echoTest')} data={yesNo} value={choice.echo_test} onChange={(echo_test) => set({ echo_test })} />
      <TextInput label={t('destinationNumber')} placeholder={t('leave')} value={choice.destination_number === clear ? '' : choice.destination_number} onChange={(e) => set({ destination_number: e.currentTarget.value })} />
    </SimpleGrid>
  )
}

type Pair = { value: string; label: string }

function Fixed({ label, data, value, onChange }: { label: string; data: Pair[]; value: string; onChange: (value: string) => void }) {
  const t = useNumbers()
  return <Select label={label} placeholder={t('leave')} data={data} value={value || null} onChange={(to) => onChange(to ?? '')} clearable />
}

function Other<P extends ListPath>({ mayBeNone, ...of }: Pick<ReferenceProps<P>, 'path' | 'label' | 'value' | 'onChange' | 'labelOf'> & { mayBeNone?: boolean }) {
  const t = useNumbers()
  return <Reference {...of} placeholder={t('leave')} first={mayBeNone ? [{ value: clear, label: t('none_') }] : []} />
}
