// The frame: navigation at the left, the bar on top, the page.
import { useMantineColorScheme } from '@mantine/core'
import { Component, lazy, Suspense, useEffect, useMemo, useState, type ComponentType, type ReactNode } from 'react'
import { Link, Route, Switch, useLocation, useRoute } from 'wouter'
import type { Principal } from '../api/session'
import { useConnection } from '../api/stream'
import { languages, setLocale, useLocale, type Language } from '../i18n'
import { pagesOf, type Group, type PageEntry } from '../pages'
import { Icon } from '../ui/icons'
import { useKeys } from '../ui/keys'
import { Bones, Empty } from '../ui/Page'
import { useWords } from '../ui/text'
import { useLater } from '../ui/values'
import { AlarmBell } from './AlarmBell'
import { Brand } from './Brand'
import { DropMenu, type Entry } from './DropMenu'
import { signOut } from './signOut'
import { useShell } from './text'

const TimeRange = lazy(() => import('../ui/TimeRange').then((m) => ({ default: m.TimeRange })))
const Search = lazy(() => import('./Search'))
const Help = lazy(() => import('./Help'))
const groups: Group[] = ['now', 'calls', 'routing', 'money', 'system', 'own']

// A component for each page, made once: lazy ones must not change between renders.
const loaded = new Map<PageEntry, ComponentType>()
function componentOf(page: PageEntry) {
  const made = loaded.get(page) ?? lazy(page.load)
  loaded.set(page, made)
  return made
}

export function Shell({ me }: { me: Principal }) {
  const t = useShell()
  const pages = useMemo(() => pagesOf(me.role), [me.role])
  const [menu, setMenu] = useState(false)
  const [searching, setSearching] = useState(false)
  const [helping, setHelping] = useState(false)
  const [path, navigate] = useLocation()
  useEffect(() => setMenu(false), [path])
  useKeys({ Escape: () => setMenu(false) }, { off: !menu })
  const staff = me.role !== 'customer' && me.role !== 'agent'
  const go = useChord((key) => {
    const to = { o: '/', l: '/live', c: '/calls', s: '/simulator', p: '/providers', a: '/accounts' }[key]
    if (to && pages.some((p) => p.path === to)) navigate(to)
  })
  useKeys({
    'mod+k': (event) => {
      event.preventDefault()
      setSearching(true)
    },
    '/': (event) => {
      event.preventDefault()
      setSearching(true)
    },
    '?': () => setHelping(true),
    ...go,
  })
  return (
    <div className="t-shell">
      <a href="#content" className="t-skip">
        {t('skip')}
      </a>
      <header className="t-top">
          <button type="button" className="t-iconbutton mantine-hidden-from-sm" aria-label={t('menu')} aria-expanded={menu} aria-controls="navigation" onClick={() => setMenu(!menu)}>
            <Icon name={menu ? 'close' : 'menu'} />
          </button>
          <Link href="/" className="t-brand" aria-label="Tandem">
            <Brand />
            <span className="mantine-visible-from-xs">Tandem</span>
          </Link>
          <span className="t-spring" />
          {staff && <SearchButton onClick={() => setSearching(true)} />}
          <span className="t-spring" />
          <RangeOf pages={pages} />
          {staff && <AlarmBell />}
          <Connected />
          <Themes />
          <Person me={me} onHelp={() => setHelping(true)} />
      </header>
      <Navigation pages={pages} open={menu} />
      <main className="t-main" id="content" tabIndex={-1}>
        <Suspense fallback={<Coming />}>
          <Switch>
            {pages.map((page) => (
              <Route key={page.path} path={page.path}>
                <Guarded key={path}>
                  <Shown page={page} />
                </Guarded>
              </Route>
            ))}
            <Route>
              <Empty title={t('notFound')} icon="search">
                {t('notFoundHelp')}
              </Empty>
            </Route>
          </Switch>
        </Suspense>
      </main>
      <Suspense>
        {searching && <Search pages={pages} staff={staff} onClose={() => setSearching(false)} />}
        {helping && <Help onClose={() => setHelping(false)} />}
      </Suspense>
    </div>
  )
}

function Shown({ page }: { page: PageEntry }) {
  const View = componentOf(page)
  return <View />
}

function Coming() {
  const late = useLater(true)
  return <Bones lines={8} show={late} />
}

function Navigation({ pages, open }: { pages: PageEntry[]; open: boolean }) {
  const t = useShell()
  return (
    <nav className={open ? 't-nav t-nav-open' : 't-nav'} id="navigation" aria-label={t('navigation')}>
      {groups.map((group) => {
        const items = pages.filter((p) => p.nav?.group === group)
        if (items.length === 0) return null
        return (
          <div key={group}>
            <h2 id={`nav-${group}`}>{t(group)}</h2>
            <ul aria-labelledby={`nav-${group}`}>
              {items.map((p) => (
                <li key={p.path}>
                  <NavItem page={p} />
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}

function NavItem({ page }: { page: PageEntry }) {
  const t = useShell()
  const [here] = useRoute(page.path)
  const [below] = useRoute(`${page.path}/*`)
  if (!page.nav) return null
  return (
    <Link href={page.path} aria-current={here || (below && page.path !== '/') ? 'page' : undefined} onMouseEnter={() => void page.load()}>
      <Icon name={page.nav.icon} />
      {t(page.nav.label)}
    </Link>
  )
}

function SearchButton({ onClick }: { onClick: () => void }) {
  const t = useShell()
  const mac = /mac/i.test(navigator.platform)
  return (
    <button type="button" className="t-search" onClick={onClick} aria-label={t('searchHint')} aria-keyshortcuts="Control+K /">
      <Icon name="search" size={15} />
      <span className="mantine-visible-from-sm t-ellipsis">{t('searchHint')}</span>
      <kbd aria-hidden className="mantine-visible-from-sm" data-keys={mac ? '⌘K' : 'Ctrl K'} />
    </button>
  )
}

function RangeOf({ pages }: { pages: PageEntry[] }) {
  const [path] = useLocation()
  const page = pages.find((p) => p.path === path)
  return page?.range ? (
    <Suspense>
      <TimeRange fallback={page.range} />
    </Suspense>
  ) : null
}

function Connected() {
  const t = useShell()
  const state = useConnection()
  if (state === 'off') return null
  const text = { connecting: t('connConnecting'), live: t('connLive'), lost: t('connLost') }[state]
  const tone = { connecting: 'off', live: 'good', lost: 'bad' }[state]
  return (
    <span className={`t-conn t-${tone}`} role="status" title={text}>
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden>
        {state === 'lost' ? <path d="M0 0h8v8H0z" fill="currentColor" /> : <circle cx="4" cy="4" r="4" fill="currentColor" />}
      </svg>
      <span className="mantine-visible-from-md">{text}</span>
    </span>
  )
}

const schemes = ['light', 'dark', 'auto'] as const

function useThemes(): Entry[] {
  const t = useShell()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const words = { light: t('themeLight'), dark: t('themeDark'), auto: t('themeAuto') }
  return schemes.map((s) => ({ label: words[s], icon: s === 'light' ? 'sun' : s === 'dark' ? 'moon' : undefined, checked: colorScheme === s, onSelect: () => setColorScheme(s) }))
}

function Themes() {
  const t = useShell()
  const { colorScheme } = useMantineColorScheme()
  return <DropMenu label={t('theme')} button={<Icon name={colorScheme === 'dark' ? 'moon' : 'sun'} />} entries={useThemes()} className="mantine-visible-from-xs" />
}

function Person({ me, onHelp }: { me: Principal; onHelp: () => void }) {
  const t = useShell()
  const { language } = useLocale()
  const [, navigate] = useLocation()
  const themes = useThemes()
  const name = me.name || me.login
  const entries: Entry[] = [
    { heading: `${name} · ${t(`role_${me.role}`)}` },
    { label: t('profile'), icon: 'users', onSelect: () => navigate('/profile') },
    { label: t('keys_title'), icon: 'keyboard', onSelect: onHelp },
    { line: true },
    { heading: t('language') },
    ...Object.entries(languages).map(([code, label]): Entry => ({ label, lang: code, icon: 'globe', checked: language === code, onSelect: () => setLocale({ language: code as Language }) })),
    { line: true },
    { heading: t('theme') },
    ...themes,
    { line: true },
    { label: t('signOut'), icon: 'right', onSelect: () => void signOut() },
  ]
  return <DropMenu label={t('user', { name })} button={<span aria-hidden data-keys={initials(name)} />} entries={entries} round />
}

const initials = (name: string) =>
  name
    .split(/[\s._-]+/)
    .slice(0, 2)
    .map((w) => w[0]?.toUpperCase())
    .join('')

// useChord: g, then a letter.
function useChord(go: (key: string) => void): Record<string, (event: KeyboardEvent) => void> {
  const [since, setSince] = useState(0)
  const second = (event: KeyboardEvent) => {
    if (Date.now() - since < 1200) {
      setSince(0)
      go(event.key)
    }
  }
  return { g: () => setSince(Date.now()), ...Object.fromEntries(['o', 'l', 'c', 's', 'p', 'a'].map((k) => [k, second])) }
}

// Guarded: a page that fails takes nothing else with it.
class Guarded extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    return this.state.failed ? <Broken /> : this.props.children
  }
}

function Broken() {
  const t = useWords()
  return (
    <Empty title={t('errorPage')} icon="warning" action={<button onClick={() => location.reload()}>{t('retry')}</button>}>
      {t('errorPageHelp')}
    </Empty>
  )
}
