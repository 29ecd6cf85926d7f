// The box that finds anything: pages here, the rest by the API.
import { Modal, TextInput } from '@mantine/core'
import { useEffect, useId, useState, type KeyboardEvent } from 'react'
import { useLocation } from 'wouter'
import { get, useRead, type Schema } from '../api'
import type { PageEntry } from '../pages'
import { international } from '../ui/countries'
import { time } from '../ui/format'
import { Icon, type IconName } from '../ui/icons'
import { useWords } from '../ui/text'
import { useShell } from './text'
import { useFocusBack } from '../ui/useFocusBack'

type Item = { key: string; icon: IconName; title: string; note: string; go: () => Promise<string> | string }
type Found = Schema<'Found'>

export default function Search({ pages, staff, onClose }: { pages: PageEntry[]; staff: boolean; onClose: () => void }) {
  useFocusBack()
  const t = useShell()
  const w = useWords()
  const id = useId()
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const [q, setQ] = useState('')
  const [at, setAt] = useState(0)
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), 150)
    return () => clearTimeout(timer)
  }, [text])
  const found = useRead('/search', { q }, { enabled: q.length >= 2 })

  const low = text.trim().toLowerCase()
  const items: Item[] = [
    ...pages
      .filter((p) => p.nav && (!low || t(p.nav.label).toLowerCase().includes(low)))
      .slice(0, low ? 5 : 30)
      .map((p) => ({ key: p.path, icon: p.nav!.icon, title: t(p.nav!.label), note: t(p.nav!.group), go: () => p.path })),
    ...(q.length >= 2 && low ? (found.data?.items ?? []).map((f) => itemOf(f, staff, t)) : []),
  ]
  const now = Math.min(at, items.length - 1)
  const open = async (item: Item | undefined) => {
    if (!item) return
    const href = await item.go()
    onClose()
    navigate(href)
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(items.length - 1, now + 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, now - 1))
    else if (event.key === 'Enter') void open(items[now])
    else return
    event.preventDefault()
  }
  return (
    <Modal opened onClose={onClose} withCloseButton={false} size="lg" padding="xs" yOffset="10dvh" attributes={{ content: { 'aria-label': t('search') } }}>
      <TextInput
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={keys}
        placeholder={t('searchHint')}
        aria-label={t('search')}
        role="combobox"
        aria-expanded={items.length > 0}
        aria-controls={id}
        aria-activedescendant={items[now] ? `${id}-${now}` : undefined}
        leftSection={<Icon name="search" size={16} />}
        size="md"
        data-autofocus
        autoComplete="off"
      />
      <div id={id} role="listbox" aria-label={t('search')} className="t-found" style={{ marginTop: 8 }}>
        {items.map((item, n) => (
          <div key={item.key} id={`${id}-${n}`} role="option" aria-selected={n === now} className="t-found-item" onPointerMove={() => setAt(n)} onClick={() => void open(item)}>
            <Icon name={item.icon} size={16} />
            <span className="t-ellipsis">{item.title}</span>
            <span className="t-spring" />
            <span className="t-dim t-ellipsis">{item.note}</span>
          </div>
        ))}
      </div>
      {items.length === 0 && (
        <p className="t-dim" style={{ padding: '0 12px' }}>
          {found.isFetching ? w('loading') : q.length >= 2 ? t('searchNothing', { q }) : t('searchStart')}
        </p>
      )}
    </Modal>
  )
}

const icons: Record<Found['kind'], IconName> = { account: 'accounts', provider: 'providers', number: 'numbers', gate: 'providers', server: 'servers', subscriber: 'users', call: 'calls' }

function itemOf(f: Found, staff: boolean, t: ReturnType<typeof useShell>): Item {
  const id = encodeURIComponent(f.id)
  const base = { key: `${f.kind} ${f.id}`, icon: icons[f.kind], title: f.title, note: [t(`kind_${f.kind}`), f.note].filter(Boolean).join(' · ') }
  switch (f.kind) {
    case 'account':
      return { ...base, go: () => `/accounts/${id}` }
    case 'provider':
      return { ...base, go: () => `/providers/${id}` }
    case 'server':
      return { ...base, go: () => `/servers/${id}` }
    case 'number':
      return { ...base, title: international(f.title), go: () => `/numbers?q=${encodeURIComponent(f.title)}` }
    case 'gate':
      return { ...base, go: async () => `/servers/${(await get('/gates/{id}', { at: { id } })).server_id}?tab=gates` }
    case 'subscriber':
      return { ...base, go: async () => `/accounts/${(await get('/subscribers/{id}', { at: { id } })).account_id}?tab=telephones` }
    case 'call': {
      const [when = '', disposition = ''] = (f.note ?? '').split(' ')
      return { ...base, note: `${time(when, 'short')} · ${disposition.replaceAll('_', ' ')}`, go: () => (staff ? `/calls/${id}` : `/calls?open=${id}`) }
    }
  }
}
