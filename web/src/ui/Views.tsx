// Named views of a table: filters, sort and columns that one comes back to. What is
// shown is in the address, so that a link shares it.
import { ActionIcon, Button, Group, Popover, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useSession } from '../api'
import { notice } from './ask'
import { Icon } from './icons'
import { useWords } from './text'
import { useUrl } from './url'
import { changesTo, useViews, viewOf, withView } from './savedViews'

export function Views({ table, names }: { table: string; names: string[] }) {
  const t = useWords()
  const [params, setUrl] = useUrl()
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const [views, keep] = useViews(useSession().data?.user_id ?? 0, table)
  const now = viewOf(params, names)
  const save = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    if (!name.trim()) return
    keep(withView(views, { name: name.trim(), query: now }))
    setName('')
    notice.ok(t('viewSaved', { name: name.trim() }))
  }
  const share = async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      notice.ok(t('copied'))
    } catch {
      notice.ok(location.href) // without TLS a browser lends nobody its clipboard
    }
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} trapFocus returnFocus withinPortal={false}>
      <Popover.Target>
        <ActionIcon variant="default" size={30} aria-label={t('views')} title={t('views')} onClick={() => setOpened(!opened)}>
          <Icon name="star" size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('views')}>
        {views.length === 0 && (
          <Text size="sm" c="dimmed" mb="xs">
            {t('viewsNone')}
          </Text>
        )}
        <ul className="t-views">
          {views.map((v) => (
            <li key={v.name}>
              <button
                type="button"
                aria-pressed={v.query === now}
                onClick={() => {
                  setUrl(changesTo(v.query, names), { push: true })
                  setOpened(false)
                }}
              >
                {v.name}
              </button>
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('viewDrop', { name: v.name })} onClick={() => keep(views.filter((o) => o.name !== v.name))}>
                <Icon name="close" size={14} />
              </ActionIcon>
            </li>
          ))}
        </ul>
        <form onSubmit={save}>
          <Group gap="xs" wrap="nowrap">
            <TextInput size="xs" aria-label={t('viewName')} placeholder={t('viewName')} value={name} maxLength={60} onChange={(e) => setName(e.currentTarget.value)} style={{ flex: 1 }} />
            <Button type="submit" size="xs" disabled={!name.trim()}>
              {t('viewSave')}
            </Button>
          </Group>
        </form>
        <Button variant="subtle" size="compact-xs" mt="xs" leftSection={<Icon name="copy" size={14} />} onClick={() => void share()}>
          {t('viewShare')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
