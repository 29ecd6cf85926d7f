// Values as people read them: money, telephone numbers, times, shares, states.
import { ActionIcon } from '@mantine/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useLocale } from '../i18n'
import { country, international } from './countries'
import { duration, money, moneyExact, percent, time } from './format'
import { Icon } from './icons'
import { brief, useNumberTypes, whole, type Place } from './places'
import { useWords, type Word } from './text'

const dash = <span className="t-dim">–</span>

/** Money: two decimals for a sum, four for a rate; every digit on hover. */
export function Money({ value, currency, kind = 'sum', signed }: { value?: string | null; currency?: string; kind?: 'sum' | 'rate'; signed?: boolean }) {
  const { language } = useLocale()
  if (value === undefined || value === null || value === '') return dash
  const text = money(value, kind, language) // what is rounded to nothing is neither more nor less
  const some = /[1-9]/.test(text)
  const negative = some && value.startsWith('-')
  const plus = signed && some && !negative ? '+' : ''
  return (
    <span className={`t-num${signed && negative ? ' t-bad' : ''}`} title={`${moneyExact(value, language)}${currency ? ` ${currency}` : ''}`}>
      {plus}
      {text}
      {currency && <span className="t-unit"> {currency}</span>}
    </span>
  )
}

/** PhoneNumber: international, with its country, and its place where it is known; copies as E.164. */
export function PhoneNumber({ value, copy, place }: { value?: string | null; copy?: boolean; place?: Place }) {
  const say = useNumberTypes()
  if (!value) return dash
  const digits = value.replace(/^\+/, '')
  const of = /^\d{7,15}$/.test(digits) ? country(digits) : undefined
  return (
    <span className="t-phone">
      <span
        className="t-num"
        onCopy={(event) => {
          if (!of) return
          event.preventDefault()
          event.clipboardData.setData('text/plain', `+${digits}`)
        }}
      >
        {international(value)}
      </span>
      {of && (
        <span className="t-iso" title={place && whole(place, say)}>
          {[place?.country === '001' ? undefined : (place?.country ?? of.iso), ...(place ? brief(place, say) : [])].filter(Boolean).join(' · ')}
        </span>
      )}
      {copy && <Copy text={of ? `+${digits}` : value} />}
    </span>
  )
}

/** Copy is a small button. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const t = useWords()
  const [done, setDone] = useState(false)
  return (
      <ActionIcon
        title={done ? t('copied') : (label ?? t('copy'))}
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={done ? t('copied') : (label ?? `${t('copy')}: ${text}`)}
        onClick={(event) => {
          event.stopPropagation()
          void navigator.clipboard?.writeText(text).then(() => {
            setDone(true)
            setTimeout(() => setDone(false), 1500)
          })
        }}
      >
        <Icon name={done ? 'check' : 'copy'} size={14} />
      </ActionIcon>
  )
}

// One clock for the whole page, a tick a second, only while somebody looks.
const ticking = new Set<() => void>()
let clock: ReturnType<typeof setInterval> | undefined
let second = Math.floor(Date.now() / 1000)
function subscribe(f: () => void) {
  ticking.add(f)
  clock ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000)
    ticking.forEach((tick) => tick())
  }, 1000)
  return () => {
    ticking.delete(f)
    if (ticking.size === 0) {
      clearInterval(clock)
      clock = undefined
    }
  }
}

/** useSecond is now in seconds, and again every second. */
export const useSecond = () => useSyncExternalStore(subscribe, () => second)

/** When: the reader's zone, UTC on hover, relative within the last hour. */
export function When({ at, absolute, parts = 'full' }: { at?: string | null; absolute?: boolean; parts?: 'full' | 'day' | 'clock' | 'short' }) {
  if (!at) return dash
  const age = Date.now() - Date.parse(at)
  return !absolute && Math.abs(age) < 3600_000 ? <Relative at={at} /> : <Fixed at={at} parts={parts} />
}

function Fixed({ at, parts }: { at: string; parts: 'full' | 'day' | 'clock' | 'short' }) {
  const { zone, language } = useLocale()
  return (
    <time dateTime={at} className="t-num" title={utc(at)}>
      {time(at, parts, zone, language)}
    </time>
  )
}

function Relative({ at }: { at: string }) {
  const t = useWords()
  const { zone, language } = useLocale()
  const ago = useSecond() - Math.floor(Date.parse(at) / 1000)
  // Clocks differ a little: what has just happened is not in the future.
  const s = ago < 0 && ago > -3 ? 0 : ago
  const text =
    s >= 3600 || s <= -3600
      ? time(at, 'full', zone, language)
      : s >= 60
        ? t('minutesAgo', { count: Math.floor(s / 60) })
        : s >= 0
          ? t('secondsAgo', { count: s })
          : s > -60
            ? t('inSeconds', { count: -s })
            : t('inMinutes', { count: Math.ceil(-s / 60) })
  return (
    <time dateTime={at} className="t-num" title={`${time(at, 'full', zone, language)} · ${utc(at)}`}>
      {text}
    </time>
  )
}

const utc = (at: string) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** Duration: m:ss. */
export function Duration({ seconds, ms }: { seconds?: number | null; ms?: number | null }) {
  const s = seconds ?? (ms === undefined || ms === null ? undefined : ms / 1000)
  if (s === undefined || s === null) return dash
  return <span className="t-num">{duration(s)}</span>
}

/** Running counts on from a moment. */
export function Running({ since }: { since?: string | null }) {
  const now = useSecond()
  if (!since) return dash
  return <span className="t-num">{duration(now - Math.floor(Date.parse(since) / 1000))}</span>
}

/** Percent: one decimal and the count beside; grey when the sample is small. */
export function Percent({ share, of, least = 30 }: { share?: number | null; of?: number | null; least?: number }) {
  const t = useWords()
  const { language } = useLocale()
  if (share === undefined || share === null) return dash
  const small = of !== undefined && of !== null && of < least
  return (
    <span className={`t-num${small ? ' t-dim' : ''}`} title={small ? t('sampleSmall') : undefined}>
      {of === undefined || of === null ? percent(share, language) : t('sample', { value: percent(share, language), count: of })}
    </span>
  )
}

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'off'

const tones: Partial<Record<string, Tone>> = {
  answered: 'good', enabled: 'good', published: 'good', healthy: 'good', up: 'good', ready: 'good', active: 'good', talking: 'good', yes: 'good',
  busy: 'warn', no_answer: 'warn', degraded: 'warn', scheduled: 'busy', resting: 'warn', stale: 'warn',
  failed: 'bad', rejected: 'bad', down: 'bad', error: 'bad',
  in_progress: 'busy', ringing: 'busy', reading: 'busy', running: 'busy', uploaded: 'busy',
  cancelled: 'off', disabled: 'off', draft: 'off', superseded: 'off', unknown: 'off', no: 'off',
}

/** StatusBadge: a shape, a colour and a word. The word is the state's own unless children say. */
export function StatusBadge({ status, tone, children }: { status: string; tone?: Tone; children?: React.ReactNode }) {
  const t = useWords()
  const word = t(status as Word)
  const is = tone ?? tones[status] ?? 'off'
  return (
    <span className={`t-status t-${is}`}>
      <Shape tone={is} />
      <span>{children ?? (word === status ? status.replaceAll('_', ' ') : word)}</span>
    </span>
  )
}

function Shape({ tone }: { tone: Tone }) {
  const d = { good: 'M5 1a4 4 0 1 0 0 8 4 4 0 0 0 0-8', warn: 'M5 1l4.5 8h-9z', bad: 'M1 1h8v8H1z', busy: 'M5 0l5 5-5 5-5-5z', off: 'M5 1a4 4 0 1 0 0 8 4 4 0 0 0 0-8M5 3a2 2 0 1 1 0 4 2 2 0 0 1 0-4' }[tone]
  return (
    <svg width="9" height="9" viewBox="0 0 10 10" fill="currentColor" fillRule="evenodd" aria-hidden>
      <path d={d} />
    </svg>
  )
}

/** Enabled is StatusBadge for a switch. */
export const Enabled = ({ value }: { value?: boolean }) => <StatusBadge status={value ? 'enabled' : 'disabled'} />

/** useLater is true once something has lasted: quick things show no spinner. */
export function useLater(on: boolean, ms = 200) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!on) return setLate(false)
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [on, ms])
  return on && late
}
