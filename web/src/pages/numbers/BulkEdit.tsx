// Many numbers are changed in the same way, or deleted: choice, preview, deed.
import { Alert, Button, Group, Modal, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ask, textOf, useForget, useList, type ListPath, type RowOf, type Schema } from '../../api'
import { Icon, notice } from '../../ui'
import { useWords } from '../../ui/text'
import { clear, editOf, untouched, type Choice } from './bulk'
import { directions } from './fields'
import { Report, touched, useSummary } from './Report'
import { useNumbers } from './text'

export type Which = { ids: number[] } | { filter: Record<string, string | number> }

export function BulkEdit({ which, deleting, onClose, onDone }: { which: Which; deleting?: boolean; onClose: () => void; onDone: () => void }) {
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
      const { value } = await ask('post', '/numbers/bulk', { query: { preview }, body: { ...which, change: edit } as never })
      if (preview) return setReport(value)
      void forget('/numbers')
      notice.ok(summary(value))
      onDone()
    } catch (e) {
      setError(textOf(e))
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
      <Reference path="/accounts" label={t('account')} value={choice.account_id} onChange={(account_id) => set({ account_id })} labelOf={(a) => a.name} mayBeNone />
      <Reference path="/servers" label={t('server')} value={choice.server_id} onChange={(server_id) => set({ server_id })} labelOf={(s) => s.name} mayBeNone />
      <Reference path="/providers" label={t('provider')} value={choice.provider_id} onChange={(provider_id) => set({ provider_id })} labelOf={(p) => p.name} />
      <Reference path="/subscribers" label={t('destinationSubscriber')} value={choice.destination_subscriber_id} onChange={(destination_subscriber_id) => set({ destination_subscriber_id })} labelOf={(s) => s.login} mayBeNone />
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

function Reference<P extends ListPath>({ path, label, value, onChange, labelOf, mayBeNone }: { path: P; label: string; value: string; onChange: (value: string) => void; labelOf: (row: RowOf<P>) => string; mayBeNone?: boolean }) {
  const t = useNumbers()
  const [q, setQ] = useState('')
  const rows = useList(path, q ? { q } : {}, { limit: 50 }).rows
  const data = rows.map((row) => ({ value: String((row as { id: number }).id), label: labelOf(row) }))
  if (mayBeNone) data.unshift({ value: clear, label: t('none_') })
  if (value && !data.some((d) => d.value === value)) data.unshift({ value, label: `#${value}` })
  return (
    <Select label={label} placeholder={t('leave')} data={data} value={value || null} onChange={(to) => onChange(to ?? '')} clearable searchable onSearchChange={(text) => setQ(data.some((d) => d.label === text) ? '' : text)} filter={({ options }) => options} nothingFoundMessage="–" />
  )
}
