// A range of numbers is added: settings, preview, deed.
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ask, useForget, type RowOf, type Schema } from '../../api'
import { FieldForm, notice, type FormItem } from '../../ui'
import { useWords } from '../../ui/text'
import { settingFields } from './fields'
import { Report, touched, useSummary } from './Report'
import { countOf, digitsOf, faultOf } from './range'
import { useNumbers } from './text'
import { useFocusBack } from '../../ui/useFocusBack'

type Values = Schema<'NumberRange'>

const blank = { from: '', to: '', provider_id: undefined as unknown as number, server_id: undefined, account_id: undefined, direction: 'IN/OUT', enabled: true, virtual: false, echo_test: false, destination_subscriber_id: undefined, destination_number: '' } as Values

export function RangeAdd({ onClose }: { onClose: () => void }) {
  useFocusBack()
  const t = useNumbers()
  const words = useWords()
  const forget = useForget()
  const summary = useSummary()
  const [values, setValues] = useState(blank)
  const [report, setReport] = useState<Schema<'NumberReport'> | null>(null)
  const [busy, setBusy] = useState(false)
  const send = async (body: Values, preview: boolean) => (await ask('post', '/numbers/ranges', { query: { preview }, body })).value
  const write = async () => {
    setBusy(true)
    try {
      const done = await send(values, false)
      void forget('/numbers')
      notice.ok(summary(done))
      onClose()
    } catch (error) {
      notice.error(error)
    } finally {
      setBusy(false)
    }
  }
  const fields: FormItem<Values>[] = [
    { name: 'from', label: t('from'), help: t('fromHelp'), required: true, placeholder: '74951815000' },
    {
      name: 'to',
      label: t('to'),
      help: t('toHelp'),
      required: true,
      placeholder: '74951815099',
      check: (to: never, v: Values) => {
        const fault = faultOf(digitsOf(v.from), digitsOf(to))
        return fault && t(fault, { count: countOf(digitsOf(v.from), digitsOf(to)) ?? 0 })
      },
    },
    ...(settingFields(t) as unknown as FormItem<Values>[]),
  ]
  return (
    <Modal opened onClose={onClose} size="xl" title={t('rangeTitle')} closeButtonProps={{ 'aria-label': words('close') }}>
      {report ? (
        <Stack gap="md">
          <Report report={report} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setReport(null)}>
              {t('change')}
            </Button>
            <Button onClick={() => void write()} loading={busy} disabled={touched(report) === 0}>
              {t('addCount', { count: report.created })}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="md">
          <Text size="sm">{t('rangeHelp')}</Text>
          <FieldForm<Values>
            initial={values}
            fields={fields}
            verb={t('preview')}
            saidSaved=""
            save={async (typed) => {
              const body = { ...typed, from: digitsOf(typed.from), to: digitsOf(typed.to) }
              const preview = await send(body, true)
              setValues(body)
              setReport(preview)
            }}
            onCancel={onClose}
          />
        </Stack>
      )}
    </Modal>
  )
}

export type NumberRow = RowOf<'/numbers'>
