// Numbers come in as a CSV: file, preview or errors by line, deed.
import { Alert, Button, FileButton, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { send, textOf, useForget, type Schema } from '../../api'
import { Icon, notice } from '../../ui'
import { useWords } from '../../ui/text'
import './numbers.css'
import { Report, touched, useSummary } from './Report'
import { useNumbers } from './text'
import { useFocusBack } from '../../ui/useFocusBack'

type NumberImport = Schema<'NumberImport'>

const example = 'number,provider,server,account,direction\n74951815000,WestCall,asterisk-macomnet,Moscow office,IN/OUT\n'

export function CSVImport({ onClose }: { onClose: () => void }) {
  useFocusBack()
  const t = useNumbers()
  const words = useWords()
  const forget = useForget()
  const summary = useSummary()
  const [file, setFile] = useState<File | null>(null)
  const [report, setReport] = useState<NumberImport | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')

  const upload = async (of: File, preview: boolean) => {
    setBusy(true)
    setError('')
    try {
      const answer = await send<NumberImport>('POST', `/numbers/import?preview=${preview}`, of, { 'Content-Type': 'text/csv' })
      if (preview) return setReport(answer)
      void forget('/numbers')
      notice.ok(summary(answer))
      onClose()
    } catch (e) {
      setError(textOf(e))
    } finally {
      setBusy(false)
    }
  }
  const take = (of: File | null | undefined) => {
    if (!of) return
    setFile(of)
    setReport(null)
    void upload(of, true)
  }
  const errors = report?.errors ?? []

  return (
    <Modal opened onClose={onClose} size="xl" title={t('importTitle')} closeButtonProps={{ 'aria-label': words('close') }}>
      <Stack gap="md">
        <Text size="sm">{t('importHelp')}</Text>
        <div
          className="n-drop"
          onDragOver={(e) => e.preventDefault()}
          onDrop={(e) => {
            e.preventDefault()
            take(e.dataTransfer.files[0])
          }}
        >
          <Group gap="sm" justify="center">
            <FileButton onChange={take} accept=".csv,text/csv" resetRef={undefined}>
              {(props) => (
                <Button {...props} variant={file ? 'default' : 'filled'} leftSection={<Icon name="upload" size={16} />} loading={busy && !report}>
                  {file ? t('other') : t('importChoose')}
                </Button>
              )}
            </FileButton>
            <span className="t-dim">{file ? file.name : t('importDrop')}</span>
          </Group>
        </div>
        {!file && (
          <figure className="n-example">
            <figcaption className="t-dim">{t('example')}</figcaption>
            <pre className="t-mono">{example}</pre>
          </figure>
        )}
        {error && (
          <Alert color="red" variant="light" icon={<Icon name="warning" />} role="alert">
            {error}
          </Alert>
        )}
        {errors.length > 0 && <Errors list={errors} />}
        {report && errors.length === 0 && (touched(report) > 0 || report.refused > 0 ? <Report report={report} /> : <Text fw={600}>{t('importNothing')}</Text>)}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {words('cancel')}
          </Button>
          <Button disabled={!file || !report || errors.length > 0 || touched(report) === 0} loading={busy && Boolean(report)} onClick={() => file && void upload(file, false)}>
            {t('apply')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Errors({ list }: { list: NumberImport['errors'] }) {
  const t = useNumbers()
  return (
    <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t('importErrors', { count: list.length })} role="alert">
      {t('importErrorsHelp')}
      <Table.ScrollContainer minWidth={320} mah={300} mt="sm">
        <Table verticalSpacing={4} fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={70}>{t('line')}</Table.Th>
              <Table.Th w={150}>{t('column')}</Table.Th>
              <Table.Th>{t('problem')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.map((e, n) => (
              <Table.Tr key={n}>
                <Table.Td className="t-num">{e.line}</Table.Td>
                <Table.Td className="t-mono">{e.column || '–'}</Table.Td>
                <Table.Td lang="en">{e.text}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Alert>
  )
}
