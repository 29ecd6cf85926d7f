// What needs attention comes from the API as an English sentence. Those that are known
// are said in the reader's language; others are shown as they are.
import { area } from '../i18n'
import en from '../i18n/problems.en'
import ru from '../i18n/problems.ru'
import { time } from './format'

type Key = keyof typeof en

// In the order of their values: "node msk-1 is silent since 2026-…".
const known: [RegExp, Key, ...string[]][] = [
  [/^node (.+) is silent since (\S+)$/, 'nodeSilent', 'name', 'since'],
  [/^server (.+) gives no answer; its calls are shown as they were seen last$/, 'serverLost', 'name'],
  [/^server (.+) gives no answer$/, 'serverSilent', 'name'],
  [/^(\d+) records wait on the disk of node (.+) for the database$/, 'spoolWaits', 'count', 'name'],
  [/^the database refused (\d+) records of node (.+); its log names them$/, 'spoolRefused', 'count', 'name'],
  [/^the money of some calls is not known just now$/, 'moneyUnknown'],
  [/^the records of some calls are not known just now$/, 'recordsUnknown'],
  [/^the balance is not known just now$/, 'balanceUnknown'],
  [/^not everything is known just now: calls or the balance may be old$/, 'partly'],
  [/^the calls of the last 24 hours are still being counted$/, 'counting'],
  [/^the database does not answer: (.+)$/, 'databaseSilent', 'what'],
]

const useText = area(en, ru)

export type Said = { text: string; lang?: 'en' }

/** matched finds which problem a sentence is, and its values. */
export function matched(sentence: string): { key: Key; values: Record<string, string> } | undefined {
  for (const [pattern, key, ...names] of known) {
    const m = pattern.exec(sentence)
    if (m) return { key, values: Object.fromEntries(names.map((name, n) => [name, m[n + 1] ?? ''])) }
  }
  return undefined
}

/** useProblems says problems in the reader's language. */
export function useProblems() {
  const t = useText()
  return (sentence: string): Said => {
    const found = matched(sentence)
    if (!found) return { text: sentence, lang: 'en' }
    const { since, what, ...values } = found.values
    const more: Record<string, string> = {}
    if (since) more.since = time(since, 'short')
    if (what) more.what = what in en ? t(what as Key) : what
    return { text: t(found.key, { ...values, ...more }) }
  }
}
