// Keys that work anywhere on a page, but not while somebody types.
import { useEffect, useRef } from 'react'

const typing = (at: EventTarget | null) => at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))
const covered = () => document.querySelector('[role="dialog"],[role="alertdialog"]') !== null

/** useKeys: { j: next, k: before, '?': help, 'mod+k': search }. mod works while typing too. */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>, options: { inDialog?: boolean; off?: boolean } = {}) {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  const { inDialog, off } = options
  useEffect(() => {
    if (off) return
    const listen = (event: KeyboardEvent) => {
      const mod = event.metaKey || event.ctrlKey
      const f = latest.current[mod ? `mod+${event.key.toLowerCase()}` : event.key]
      if (!f || event.altKey || event.defaultPrevented) return
      if (!mod && (typing(event.target) || (!inDialog && covered()))) return
      f(event)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [inDialog, off])
}
