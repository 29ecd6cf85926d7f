// The state of a form: what was read, what was typed, what the API said to it.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Answer } from '../api/client'
import { ApiError } from '../api/error'
import { useUnsaved } from './leave'

export type Check<V> = (values: V) => Partial<Record<string, string | undefined>>

export type FormOptions<V extends object> = {
  initial: V
  etag?: string
  /**
   * writes it; etag is the version to write over. Rejects with ApiError. What it hands
   * back with an etag is the version that is there now.
   */
  save: (values: V, etag: string | undefined) => Promise<unknown>
  /** the values of what save hands back: secrets are out of it, sums as they are kept */
  valuesOf?: (saved: never) => V
  /** reads it again: when somebody has changed it meanwhile */
  reload?: () => Promise<Answer<V>>
  onSaved?: (answer: unknown) => void
  check?: Check<V>
  /** empty again once it is saved: passwords, a form that adds one after another */
  clearSaved?: boolean
}

export type Conflict<V> = { theirs: V | null; etag: string }

export type Form<V extends object> = {
  values: V
  seen: V
  set: <K extends keyof V & string>(name: K, value: V[K]) => void
  setAll: (values: V) => void
  errorOf: (name: string) => string | undefined
  /** what belongs to no field */
  error: unknown
  /** errors whose field is none of these */
  strays: (names: string[]) => string[]
  touch: (name: string) => void
  dirty: boolean
  saving: boolean
  submit: () => Promise<void>
  reset: () => void
  conflict: Conflict<V> | null
  takeTheirs: () => void
  keepMine: () => Promise<void>
}

export function useForm<V extends object>(options: FormOptions<V>): Form<V> {
  const [seen, setSeen] = useState(options.initial)
  const [etag, setEtag] = useState(options.etag)
  const [values, setValues] = useState(options.initial)
  const [said, setSaid] = useState<Record<string, string>>({})
  const [error, setError] = useState<unknown>(null)
  const [touched, setTouched] = useState<Record<string, boolean>>({})
  const [saving, setSaving] = useState(false)
  const [conflict, setConflict] = useState<Conflict<V> | null>(null)
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  const dirty = useMemo(() => !same(values, seen), [values, seen])
  useUnsaved(dirty && !saving)

  // Read again while nothing is typed: follow. While something is: keep it, the
  // API will tell of the conflict.
  const text = JSON.stringify(options.initial)
  useEffect(() => {
    if (dirty || saving) return
    setSeen(latest.current.initial)
    setValues(latest.current.initial)
    setEtag(latest.current.etag)
  }, [text, options.etag])

  const own = useMemo(() => options.check?.(values) ?? {}, [options, values])
  const set = useCallback(<K extends keyof V & string>(name: K, value: V[K]) => {
    setValues((v) => ({ ...v, [name]: value }))
    setSaid((s) => Object.fromEntries(Object.entries(s).filter(([field]) => !belongs(field, name))))
    setError(null)
  }, [])

  const write = async (version: string | undefined) => {
    setSaving(true)
    setError(null)
    setSaid({})
    try {
      const answer = await latest.current.save(values, version)
      if (latest.current.clearSaved) setValues(latest.current.initial)
      else follow(answer)
      setTouched({})
      setConflict(null)
      latest.current.onSaved?.(answer)
    } catch (e) {
      await refuse(e)
    } finally {
      setSaving(false)
    }
  }

  // What was saved is what is seen from now on; what was typed since then stays.
  const follow = (answer: unknown) => {
    const saved = versionOf(answer)
    const now = saved && latest.current.valuesOf ? latest.current.valuesOf(saved.value as never) : values
    setSeen(now)
    setValues((typed) => (same(typed, values) ? now : typed))
    if (saved) setEtag(saved.etag)
  }

  const refuse = async (e: unknown) => {
    if (e instanceof ApiError && e.changedMeanwhile && latest.current.reload) {
      try {
        const now = await latest.current.reload()
        return setConflict({ theirs: now.value, etag: now.etag })
      } catch (gone) {
        if (gone instanceof ApiError && gone.status === 404) return setConflict({ theirs: null, etag: '' })
        return setError(gone)
      }
    }
    if (e instanceof ApiError) setSaid(e.fields)
    setError(e)
  }

  return {
    values,
    seen,
    set,
    setAll: setValues,
    errorOf: (name) => Object.entries(said).find(([field]) => belongs(field, name))?.[1] ?? (touched[name] ? own[name] : undefined),
    error,
    strays: (names) => Object.entries(said).filter(([field]) => !names.some((n) => belongs(field, n))).map(([field, message]) => `${field}: ${message}`),
    touch: (name) => setTouched((now) => (now[name] ? now : { ...now, [name]: true })),
    dirty,
    saving,
    submit: async () => {
      const wrong = Object.entries(own).filter(([, message]) => message)
      setTouched((now) => ({ ...now, ...Object.fromEntries(wrong.map(([name]) => [name, true])) }))
      if (wrong.length === 0 && !saving) await write(etag)
    },
    reset: () => {
      setValues(seen)
      setSaid({})
      setError(null)
      setTouched({})
    },
    conflict,
    takeTheirs: () => {
      if (conflict?.theirs) {
        setSeen(conflict.theirs)
        setValues(conflict.theirs)
        setEtag(conflict.etag)
      }
      setConflict(null)
    },
    keepMine: () => write(conflict?.etag),
  }
}

export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

const versionOf = (answer: unknown) => (typeof answer === 'object' && answer !== null && 'value' in answer && 'etag' in answer && answer.etag ? (answer as Answer<unknown>) : undefined)

// belongs: "addresses[0].network" is an error of the field "addresses".
const belongs = (field: string, name: string) => field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`)
