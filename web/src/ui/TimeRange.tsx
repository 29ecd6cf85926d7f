// The time range in the top bar; pages read it with useRange.
import { Button, Menu, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useLocale } from '../i18n'
import { fromInput, time, toInput } from './format'
import { Icon } from './icons'
import { useWords, type Word } from './text'
import { ranges, useRange, useUrl, type RangeName } from './url'

const word = (name: RangeName) => `range${name[0]!.toUpperCase()}${name.slice(1)}` as Word

export function TimeRange({ fallback = '24h' }: { fallback?: RangeName }) {
  const t = useWords()
  const { zone } = useLocale()
  const range = useRange(fallback)
  const [, set] = useUrl()
  const [open, setOpen] = useState(false)
  const [own, setOwn] = useState({ from: '', to: '' })
  const label = range.name === 'custom' ? `${time(range.from, 'short')} – ${range.to ? time(range.to, 'short') : '…'}` : t(word(range.name))
  const choose = (name: RangeName) => set({ range: name === fallback ? undefined : name, from: undefined, to: undefined }, { push: true })
  const apply = () => {
    const from = fromInput(own.from, zone)
    if (!from) return
    set({ range: undefined, from, to: fromInput(own.to, zone) || undefined }, { push: true })
    setOpen(false)
  }
  return (
    <Menu
      opened={open}
      onChange={(to) => {
        setOpen(to)
        if (to) setOwn({ from: toInput(range.from, zone), to: range.to ? toInput(range.to, zone) : '' })
      }}
      position="bottom-end"
      width={250}
      withinPortal={false}
    >
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<Icon name="clock" size={14} />} aria-label={`${t('range')}: ${label}`}>
          <span className="t-ellipsis">{label}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ranges.map((name) => (
          <Menu.Item key={name} onClick={() => choose(name)} aria-current={range.name === name || undefined} rightSection={range.name === name ? <Icon name="check" size={14} /> : undefined}>
            {t(word(name))}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('rangeCustom')}</Menu.Label>
        <Stack gap={6} p="xs" onKeyDown={(e) => e.stopPropagation()}>
          <TextInput size="xs" type="datetime-local" label={t('rangeFrom')} value={own.from} onChange={(e) => setOwn({ ...own, from: e.currentTarget.value })} />
          <TextInput size="xs" type="datetime-local" label={t('rangeTo')} value={own.to} onChange={(e) => setOwn({ ...own, to: e.currentTarget.value })} />
          <Button size="xs" onClick={apply} disabled={!own.from}>
            {t('rangeApply')}
          </Button>
        </Stack>
      </Menu.Dropdown>
    </Menu>
  )
}
