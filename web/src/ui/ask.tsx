// Asking before doing, and telling after: one dialogue and one row of notices for
// the whole console.
import { lazy, Suspense, useSyncExternalStore, type ReactNode } from 'react'
import { Icon } from './icons'
import { textOf } from '../api/error'
import { useWords } from './text'

export type Question = {
  title: string
  body?: ReactNode
  yes?: string
  no?: string
  danger?: boolean
  /** the body needs room, for tables */
  wide?: boolean
  /** asks for a reason, which is handed back */
  reason?: boolean
}
export type Reply = { reason: string }

type Open = Question & { answer: (reply: Reply | null) => void }

function store<T>(first: T) {
  let now = first
  const watchers = new Set<() => void>()
  return {
    get: () => now,
    set(next: T) {
      now = next
      watchers.forEach((f) => f())
    },
    watch(f: () => void) {
      watchers.add(f)
      return () => {
        watchers.delete(f)
      }
    },
  }
}

const asked = store<Open | null>(null)

/** confirm asks; null: the reader thought better of it. */
export function confirm(question: Question): Promise<Reply | null> {
  asked.get()?.answer(null)
  return new Promise((answer) => asked.set({ ...question, answer }))
}

// Escape is an answer to the question alone: a drawer below it stays, and so does what
// waits until one is signed in again. This listens before the drawers do, each of which
// would close by itself.
window.addEventListener(
  'keydown',
  (event) => {
    if (event.key !== 'Escape' || event.isComposing) return
    const question = asked.get()
    if (!question && !document.body.hasAttribute('data-ended')) return
    event.stopImmediatePropagation()
    asked.set(null)
    question?.answer(null)
  },
  { capture: true },
)

const Dialogue = lazy(() => import('./Dialogue'))

/** Asking shows the question that is open. Once, in the shell. */
export function Asking() {
  const open = useSyncExternalStore(asked.watch, asked.get)
  const finish = (reply: Reply | null) => {
    asked.set(null)
    open?.answer(reply)
  }
  return <Suspense>{open && <Dialogue question={open} onReply={finish} />}</Suspense>
}

type Notice = { id: number; tone: 'good' | 'bad'; text: string }
const notices = store<Notice[]>([])
let last = 0

function tell(tone: Notice['tone'], text: string) {
  const id = ++last
  notices.set([...notices.get().slice(-3), { id, tone, text }])
  setTimeout(() => drop(id), tone === 'good' ? 4_000 : 12_000)
}
const drop = (id: number) => notices.set(notices.get().filter((n) => n.id !== id))

/** notice tells what became of something. Errors of a form belong to the form. */
export const notice = { ok: (text: string) => tell('good', text), error: (error: unknown) => tell('bad', typeof error === 'string' ? error : textOf(error)) }

/** Notices shows them. Once, in the shell. */
export function Notices() {
  const t = useWords()
  const list = useSyncExternalStore(notices.watch, notices.get)
  return (
    <div className="t-notices" role="status" aria-live="polite">
      {list.map((n) => (
        <div key={n.id} className={`t-notice t-${n.tone}`}>
          <Icon name={n.tone === 'good' ? 'check' : 'warning'} />
          <span>{n.text}</span>
          <button type="button" aria-label={t('close')} onClick={() => drop(n.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
