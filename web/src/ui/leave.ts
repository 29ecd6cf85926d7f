// Leaving a page with changes that are not saved: the reader is asked first.
import { useEffect } from 'react'

const unsaved = new Set<object>()

/** useUnsaved holds the page while there is something to lose. */
export function useUnsaved(dirty: boolean) {
  useEffect(() => {
    if (!dirty) return
    const mark = {}
    unsaved.add(mark)
    const hold = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', hold)
    return () => {
      unsaved.delete(mark)
      window.removeEventListener('beforeunload', hold)
    }
  }, [dirty])
}

export const anyUnsaved = () => unsaved.size > 0
/** forgetUnsaved: the reader has decided to leave, or it has just been saved. */
export const forgetUnsaved = () => unsaved.clear()

/** leaves: another page, another tab, another drawer; not a filter or a sort. */
export function leaves(from: URL, to: URL) {
  return from.pathname !== to.pathname || ['tab', 'open', 'edit'].some((name) => from.searchParams.get(name) !== to.searchParams.get(name))
}

// A browser cannot be kept from going back: the address is put back, and goes once
// more when the answer is yes. This listens before the router does, which would take
// the page away.
let here = new URL(location.href)
let ask: () => Promise<boolean> = async () => true

const note = () => {
  here = new URL(location.href)
}

window.addEventListener('popstate', (event) => {
  const to = new URL(location.href)
  if (!anyUnsaved() || !leaves(here, to)) return note()
  event.stopImmediatePropagation()
  history.pushState(null, '', here)
  void ask().then((yes) => {
    if (!yes) return
    forgetUnsaved()
    history.back()
  })
})
// The router tells of what it writes into the history by events of these names.
window.addEventListener('pushState', note)
window.addEventListener('replaceState', note)

/** askBefore is asked when the reader goes back from something unsaved. */
export function askBefore(question: () => Promise<boolean>) {
  ask = question
}
