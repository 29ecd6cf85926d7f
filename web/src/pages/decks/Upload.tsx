// The first step of an import: whose rates, and the file.
import { Button, FileInput, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { send, textOf, useForget, type Schema } from '../../api'
import { Reference, useUrl, useWords } from '../../ui'
import { useDecks } from './text'
import { useFocusBack } from '../../ui/useFocusBack'

const most = 64 << 20

export function Upload({ close }: { close: () => void }) {
  useFocusBack()
  const t = useDecks()
  const w = useWords()
  const forget = useForget()
  const [, go] = useLocation()
  const [params] = useUrl() // the list may be filtered by an owner
  const [side, setSide] = useState<'provider' | 'tariff'>(params.get('tariff_id') ? 'tariff' : 'provider')
  const [owner, setOwner] = useState<string | null>(params.get('provider_id') ?? params.get('tariff_id'))
  const [tier, setTier] = useState<string | null>(null)
  const [file, setFile] = useState<File | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const upload = async () => {
    if (!owner || !file) return
    setBusy(true)
    setError('')
    const query = new URLSearchParams({ file: file.name, [`${side}_id`]: owner })
    if (side === 'provider' && tier) query.set('tier', tier)
    try {
      const made = await send<Schema<'DeckImport'>>('POST', `/imports?${query.toString()}`, file, { 'Content-Type': 'application/octet-stream' })
      void forget('/imports')
      go(`/imports/${made.id}`)
    } catch (failed) {
      setError(textOf(failed))
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={close} title={t('import')} closeButtonProps={{ 'aria-label': w('close') }}>
      <Stack>
        <SegmentedControl
          value={side}
          onChange={(v) => {
            setSide(v as 'provider' | 'tariff')
            setOwner(null)
          }}
          data={[{ value: 'provider', label: t('forProvider') }, { value: 'tariff', label: t('forTariff') }]}
        />
        <Reference key={side} path={side === 'provider' ? '/providers' : '/tariffs'} label={side === 'provider' ? t('provider') : t('tariff')} placeholder={t('chooseOwner')} value={owner ?? ''} onChange={(to) => setOwner(to || null)} clearable={false} required withAsterisk />
        {side === 'provider' && <Select label={t('tier')} data={['noncli', 'cli', 'premium']} value={tier} onChange={setTier} clearable />}
        <FileInput label={t('file')} description={t('fileHelp')} placeholder={t('chooseFile')} accept=".csv,.txt,.xlsx" value={file} onChange={setFile} error={file && file.size > most ? t('fileHelp') : undefined} required withAsterisk />
        {error && (
          <Text size="sm" className="t-bad" role="alert">
            {error}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {w('cancel')}
          </Button>
          <Button disabled={!owner || !file || file.size > most} loading={busy} onClick={() => void upload()}>
            {t('upload')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
