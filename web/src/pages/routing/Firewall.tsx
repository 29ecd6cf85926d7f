// The addresses that calls come from, as a firewall wants them.
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { href, send } from '../../api'
import { Copy, Icon, Loaded } from '../../ui'
import { useWords } from '../../ui/text'
import './routing.css'
import { useProviders } from './text'
import { useFocusBack } from '../../ui/useFocusBack'

const formats = ['nftables', 'iptables', 'ip6tables', 'plain', 'json'] as const
type Format = (typeof formats)[number]

export function Firewall({ onClose }: { onClose: () => void }) {
  useFocusBack()
  const t = useProviders()
  const words = useWords()
  const [format, setFormat] = useState<Format>('nftables')
  const text = useQuery({
    queryKey: ['/firewall', format],
    queryFn: async () => {
      const answer = await send<unknown>('GET', `/firewall?format=${format}`, null)
      return typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2)
    },
  })
  return (
    <Modal opened onClose={onClose} size="xl" title={t('firewallTitle')} closeButtonProps={{ 'aria-label': words('close') }}>
      <Stack gap="md">
        <Text size="sm">{t('firewallHelp')}</Text>
        <Group gap="sm" align="end">
          <Select label={t('format')} data={formats.map((f) => ({ value: f, label: t(`fw_${f}`) }))} value={format} onChange={(f) => setFormat((f ?? 'nftables') as Format)} allowDeselect={false} />
          <Button component="a" href={href('/firewall', { format })} download={`tandem-firewall.${format === 'json' ? 'json' : 'txt'}`} variant="default" leftSection={<Icon name="download" size={14} />}>
            {t('download')}
          </Button>
          {text.data !== undefined && <Copy text={text.data} />}
        </Group>
        <Loaded from={text}>{(shown) => <pre className="r-code" tabIndex={0}>{shown}</pre>}</Loaded>
      </Stack>
    </Modal>
  )
}
