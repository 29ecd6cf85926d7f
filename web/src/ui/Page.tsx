// The frame of every page: title, one sentence of state, the main action at the
// right, then content.
import { Anchor, Button, Group, Paper, Skeleton, Stack, Tabs, Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import { Link } from 'wouter'
import { ApiError, textOf } from '../api/error'
import { Icon, type IconName } from './icons'
import { useKeys } from './keys'
import { useWords } from './text'
import { useUrl } from './url'
import { useLater } from './values'

export type Crumb = { href: string; label: string }

/** Page: see are links to what belongs to it. */
export function Page({ title, state, actions, crumb, see, children }: { title: string; state?: ReactNode; actions?: ReactNode; crumb?: Crumb; see?: Crumb[]; children?: ReactNode }) {
  const t = useWords()
  useEffect(() => {
    document.title = `${title} · Tandem`
  }, [title])
  return (
    <div className="t-page">
      <header className="t-page-head">
        <div className="t-page-title">
          {crumb && (
            <Link href={crumb.href} className="t-crumb">
              <Icon name="left" size={14} /> {crumb.label}
            </Link>
          )}
          <Title order={1}>{title}</Title>
          {state && <div className="t-page-state">{state}</div>}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </header>
      {see && see.length > 0 && (
        <nav className="t-see" aria-label={t('seeAlso')}>
          {see.map((s) => (
            <Anchor key={s.href} component={Link} href={s.href} size="sm">
              {s.label}
            </Anchor>
          ))}
        </nav>
      )}
      {children}
    </div>
  )
}

/** Section is a titled part of a page. */
export function Section({ title, help, actions, children, flush }: { title?: ReactNode; help?: ReactNode; actions?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <Paper component="section" withBorder p={flush ? 0 : 'md'} className="t-section">
      {(title || actions) && (
        <Group justify="space-between" gap="xs" className="t-section-head" p={flush ? 'md' : 0} pb={flush ? 'xs' : 'sm'}>
          <div>
            {title && <Title order={2}>{title}</Title>}
            {help && (
              <Text size="sm" c="dimmed">
                {help}
              </Text>
            )}
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      )}
      {children}
    </Paper>
  )
}

/** Facts is a list of names and values. */
export function Facts({ rows, columns = 2 }: { rows: [name: string, value: ReactNode][]; columns?: 1 | 2 | 3 }) {
  return (
    <dl className={`t-facts t-facts-${columns}`}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span className="t-dim">–</span>}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Figure is one number that matters. */
export function Figure({ label, value, note, href, tone }: { label: string; value: ReactNode; note?: ReactNode; href?: string; tone?: 'good' | 'warn' | 'bad' }) {
  const inside = (
    <>
      <span className="t-figure-label">{label}</span>
      <span className={`t-figure-value${tone ? ` t-${tone}` : ''}`}>{value}</span>
      {note && <span className="t-figure-note">{note}</span>}
    </>
  )
  return href ? (
    <Link href={href} className="t-figure">
      {inside}
    </Link>
  ) : (
    <div className="t-figure">{inside}</div>
  )
}

/** Scroll lets a plain table be wider than its place; a keyboard can scroll it. */
export function Scroll({ label, minWidth, children }: { label: string; minWidth: number; children: ReactNode }) {
  return (
    <div className="t-scroll" tabIndex={0} role="region" aria-label={label}>
      <div style={{ minWidth }}>{children}</div>
    </div>
  )
}

/** Empty teaches the next step. */
export function Empty({ title, children, action, icon = 'info' }: { title?: string; children?: ReactNode; action?: ReactNode; icon?: IconName }) {
  const t = useWords()
  return (
    <div className="t-empty">
      <Icon name={icon} size={28} />
      <strong>{title ?? t('nothing')}</strong>
      {children && <div>{children}</div>}
      {action}
    </div>
  )
}

/** Failed says what happened and what to do. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useWords()
  const missing = error instanceof ApiError && error.status === 404
  const offline = error instanceof ApiError && error.status === 0
  return (
    <div className="t-empty" role="alert">
      <Icon name="warning" size={28} />
      <strong>{missing ? t('notFound') : t('errorTitle')}</strong>
      <div>{missing ? t('notFoundHelp') : offline ? t('errorOffline') : textOf(error)}</div>
      {retry && !missing && (
        <Button variant="default" size="xs" leftSection={<Icon name="refresh" size={14} />} onClick={retry}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}

type Reading<T> = { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }

/** Loaded shows what was read; a skeleton before, the error instead. */
export function Loaded<T>({ from, children, lines = 6 }: { from: Reading<T>; children: (value: T) => ReactNode; lines?: number }) {
  const late = useLater(from.isPending)
  if (from.data !== undefined) return <>{children(from.data)}</>
  if (from.error) return <Failed error={from.error} retry={() => void from.refetch()} />
  return <Bones lines={lines} show={late} />
}

/** Bones keep the place of what is coming. */
export function Bones({ lines = 6, show = true }: { lines?: number; show?: boolean }) {
  return (
    <Stack gap="sm" aria-busy="true" style={{ visibility: show ? 'visible' : 'hidden' }}>
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} height={20} width={`${96 - ((i * 17) % 45)}%`} />
      ))}
    </Stack>
  )
}

export type Tab = { key: string; label: ReactNode; content: () => ReactNode; hidden?: boolean }

/** UrlTabs: the open tab is ?tab= in the address. A tab's filters leave with it. */
export function UrlTabs({ tabs, name = 'tab' }: { tabs: Tab[]; name?: string }) {
  const [params, set] = useUrl()
  const shown = tabs.filter((t) => !t.hidden)
  const open = shown.find((t) => t.key === params.get(name)) ?? shown[0]
  const leave = () => Object.fromEntries([...params.keys()].map((k) => [k, undefined]))
  // e edits the row where one is; where there is none, what the page is about.
  const settings = shown.some((t) => t.key === 'settings')
  useKeys({ e: () => document.querySelector('tr.t-active') === null && set({ ...leave(), [name]: 'settings' }, { push: true }) }, { off: !settings })
  if (!open) return null
  return (
    <Tabs value={open.key} onChange={(key) => set({ ...leave(), [name]: key === shown[0]?.key ? undefined : key }, { push: true })} keepMounted={false}>
      <Tabs.List className="t-tabs">
        {shown.map((tab) => (
          <Tabs.Tab key={tab.key} value={tab.key}>
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map((tab) => (
        <Tabs.Panel key={tab.key} value={tab.key} pt="md">
          {tab.key === open.key && <Stack gap="md">{tab.content()}</Stack>}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
