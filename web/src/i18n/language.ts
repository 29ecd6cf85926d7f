// The language and the time zone that the reader has chosen. Kept in the browser,
// and at sign-in taken from the user's settings.
import { useSyncExternalStore } from 'react'

export type Language = 'en' | 'ru'
export const languages: Record<Language, string> = { en: 'English', ru: 'Русский' }

type Locale = { language: Language; zone: string }

const watchers = new Set<() => void>()
const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
let now: Locale = { language: first(), zone: valid(read('tandem.zone')) || browserZone }
document.documentElement.lang = now.language

function first(): Language {
  const kept = read('tandem.language') || navigator.language
  return kept.toLowerCase().startsWith('ru') ? 'ru' : 'en'
}

function read(name: string) {
  try {
    return localStorage.getItem(name) ?? ''
  } catch {
    return '' // storage is forbidden: nothing is kept
  }
}

function keep(name: string, value: string) {
  try {
    localStorage.setItem(name, value)
  } catch {
    // the same
  }
}

function valid(zone: string) {
  try {
    return zone && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return ''
  }
}

/** setLocale changes what is given; an empty zone is the browser's. */
export function setLocale(to: { language?: string; zone?: string }) {
  const next = { ...now }
  if (to.language === 'en' || to.language === 'ru') {
    next.language = to.language
    keep('tandem.language', to.language)
  }
  if (to.zone !== undefined) {
    next.zone = valid(to.zone) || browserZone
    keep('tandem.zone', to.zone)
  }
  if (next.language === now.language && next.zone === now.zone) return
  now = next
  document.documentElement.lang = now.language
  watchers.forEach((f) => f())
}

export const locale = () => now

export function useLocale(): Locale {
  return useSyncExternalStore(
    (f) => {
      watchers.add(f)
      return () => watchers.delete(f)
    },
    () => now,
  )
}
