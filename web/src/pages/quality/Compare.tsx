// The time that figures are compared with.
import { Button, Popover, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useLocale } from '../../i18n'
import { format, Icon } from '../../ui'
import type { Changes } from '../../ui/url'
import { versuses, type Versus } from './asked'
import { useQualityText } from './text'

export function Compare({ params, set }: { params: URLSearchParams; set: (changes: Changes, options?: { push?: boolean }) => void }) {
  const t = useQualityText()
  const { zone } = useLocale()
  const [opened, setOpened] = useState(false)
  const [typed, setTyped] = useState<string>()
  const given = params.get('vs_from') ?? ''
  const from = Number.isNaN(Date.parse(given)) ? '' : given
  const vs = params.get('vs') as Versus
  const now: Versus = versuses.includes(vs) && (vs !== 'own' || from) ? vs : 'none'
  const own = typed ?? (from ? format.toInput(from, zone) : '')
  const choose = (to: Versus, start?: string) => {
    set({ vs: to === 'none' ? undefined : to, vs_from: start }, { push: true })
    setOpened(false)
  }
  const label = now === 'own' ? t('vs_from', { time: format.time(from!, 'short', zone) }) : t(`vs_${now}`)
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={270} trapFocus returnFocus withinPortal={false}>
      <Popover.Target>
        <Button variant={now === 'none' ? 'default' : 'light'} size="xs" leftSection={<Icon name="replay" size={14} />} onClick={() => setOpened(!opened)}>
          {now === 'none' ? t('compare') : label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('compare')}>
        <Stack gap={4}>
          {(['none', 'before', 'day', 'week'] as const).map((to) => (
            <Button key={to} variant={to === now ? 'light' : 'subtle'} color={to === now ? undefined : 'gray'} size="compact-sm" justify="start" aria-pressed={to === now} onClick={() => choose(to)}>
              {t(`vs_${to}`)}
            </Button>
          ))}
          <TextInput mt={6} size="xs" type="datetime-local" label={t('vsOwn')} description={t('vsOwnHelp')} value={own} onChange={(e) => setTyped(e.currentTarget.value)} />
          <Button size="xs" onClick={() => choose('own', format.fromInput(own, zone) || undefined)} disabled={!format.fromInput(own, zone)}>
            {t('vsApply')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
