// Every page of the console, one line each. A page is a module whose default export
// is a component; it is loaded when it is first opened. What has nav stands in the
// navigation; what has range shows the time range in the top bar (see ui/url.ts).
import type { ComponentType } from 'react'
import type { Role } from './api'
import type en from './i18n/shell.en'
import type { IconName } from './ui/icons'
import type { RangeName } from './ui/url'

export type Group = 'now' | 'calls' | 'routing' | 'money' | 'system' | 'own'

export type PageEntry = {
  path: string
  load: () => Promise<{ default: ComponentType }>
  nav?: { group: Group; label: keyof typeof en; icon: IconName }
  range?: RangeName
  roles?: Role[]
}

const admin: Role[] = ['admin']

/** For administrators, operators and analysts. */
export const staffPages: PageEntry[] = [
  { path: '/', load: () => import('./pages/now/Overview'), nav: { group: 'now', label: 'overview', icon: 'overview' } },
  { path: '/live', load: () => import('./pages/now/Live'), nav: { group: 'now', label: 'live', icon: 'live' } },

  { path: '/calls', load: () => import('./pages/calls/Calls'), nav: { group: 'calls', label: 'records', icon: 'calls' }, range: '24h' },
  { path: '/calls/:id', load: () => import('./pages/calls/Call') },
  { path: '/attempts', load: () => import('./pages/quality/Attempts'), range: '24h' },
  { path: '/quality', load: () => import('./pages/quality/Table'), nav: { group: 'calls', label: 'quality', icon: 'quality' }, range: '24h' },
  { path: '/quality/heat', load: () => import('./pages/quality/Heat'), range: '24h' },
  { path: '/quality/time', load: () => import('./pages/quality/Time'), range: '24h' },
  { path: '/quality/causes', load: () => import('./pages/quality/Causes'), range: '24h' },
  { path: '/quality/margin', load: () => import('./pages/quality/Margin'), range: '24h' },
  { path: '/map', load: () => import('./pages/map/Map'), nav: { group: 'calls', label: 'map', icon: 'globe' }, range: '24h' },

  { path: '/simulator', load: () => import('./pages/routing/Simulator'), nav: { group: 'routing', label: 'simulator', icon: 'simulator' } },
  { path: '/providers', load: () => import('./pages/routing/Providers'), nav: { group: 'routing', label: 'providers', icon: 'providers' } },
  { path: '/providers/:id', load: () => import('./pages/routing/Provider') },
  { path: '/numbers', load: () => import('./pages/routing/Numbers'), nav: { group: 'routing', label: 'numbers', icon: 'numbers' } },
  { path: '/decks', load: () => import('./pages/decks/Decks'), nav: { group: 'routing', label: 'decks', icon: 'decks' } },
  { path: '/decks/:id', load: () => import('./pages/decks/Deck') },
  { path: '/imports/:id', load: () => import('./pages/decks/Import') },
  { path: '/policies', load: () => import('./pages/routing/Policies'), nav: { group: 'routing', label: 'policies', icon: 'policies' } },
  { path: '/replays', load: () => import('./pages/replays/Replays'), nav: { group: 'routing', label: 'replays', icon: 'replay' } },
  { path: '/replays/:id', load: () => import('./pages/replays/Replay') },
  { path: '/duty', load: () => import('./pages/numbers/Duty'), nav: { group: 'routing', label: 'duty', icon: 'clock' } },

  { path: '/accounts', load: () => import('./pages/money/Accounts'), nav: { group: 'money', label: 'accounts', icon: 'accounts' } },
  { path: '/accounts/:id', load: () => import('./pages/money/Account') },
  { path: '/tariffs', load: () => import('./pages/money/Tariffs'), nav: { group: 'money', label: 'tariffs', icon: 'tariffs' } },
  { path: '/ledger', load: () => import('./pages/money/Ledger'), nav: { group: 'money', label: 'ledger', icon: 'ledger' }, range: '7d' },

  { path: '/servers', load: () => import('./pages/routing/Servers'), nav: { group: 'system', label: 'servers', icon: 'servers' } },
  { path: '/servers/:id', load: () => import('./pages/routing/Server') },
  { path: '/alarms', load: () => import('./pages/alarms/Alarms'), nav: { group: 'system', label: 'alarms', icon: 'bell' } },
  { path: '/users', load: () => import('./pages/system/Users'), nav: { group: 'system', label: 'users', icon: 'users' }, roles: admin },
  { path: '/keys', load: () => import('./pages/system/Keys'), nav: { group: 'system', label: 'keys', icon: 'keys' } },
  { path: '/audit', load: () => import('./pages/system/Audit'), nav: { group: 'system', label: 'audit', icon: 'audit' }, range: '7d', roles: admin },

  { path: '/profile', load: () => import('./pages/session/Profile') },
]

const customer: Role[] = ['customer']

/** For customers and agents: what is theirs. */
export const ownPages: PageEntry[] = [
  { path: '/', load: () => import('./pages/own/Balance'), nav: { group: 'own', label: 'balance', icon: 'balance' } },
  { path: '/calls', load: () => import('./pages/own/MyCalls'), nav: { group: 'own', label: 'myCalls', icon: 'calls' }, range: '24h' },
  { path: '/statement', load: () => import('./pages/own/Statement'), nav: { group: 'own', label: 'statement', icon: 'ledger' }, range: '30d', roles: customer },
  { path: '/rates', load: () => import('./pages/own/Rates'), nav: { group: 'own', label: 'rates', icon: 'rates' }, roles: customer },

  { path: '/profile', load: () => import('./pages/session/Profile') },
]

export function pagesOf(role: Role): PageEntry[] {
  const all = role === 'customer' || role === 'agent' ? ownPages : staffPages
  return all.filter((p) => !p.roles || p.roles.includes(role))
}
