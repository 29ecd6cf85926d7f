// A menu under a button of the top bar: arrows, Home, End, Escape, a click elsewhere.
// The pages' menus are Mantine's; this one is small, for it is there from the first
// moment on.
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { Icon, type IconName } from '../ui/icons'

export type Entry = { label: string; icon?: IconName; checked?: boolean; lang?: string; onSelect: () => void } | { heading: string } | { line: true }

export function DropMenu({ label, button, entries, round, className }: { label: string; button: ReactNode; entries: Entry[]; round?: boolean; className?: string }) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
  useEffect(() => {
    if (!open) return
    items()[0]?.focus()
    const away = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [open])
  const close = () => {
    setOpen(false)
    box.current?.querySelector('button')?.focus()
  }
  const keys = (event: KeyboardEvent) => {
    const list = items()
    const at = list.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: (at + 1) % list.length, ArrowUp: (at - 1 + list.length) % list.length, Home: 0, End: list.length - 1 }[event.key]
    if (to !== undefined) list[to]?.focus()
    else if (event.key === 'Escape') close()
    else if (event.key === 'Tab') return setOpen(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className={`t-drop ${className ?? ''}`} ref={box}>
      <button type="button" className={round ? 't-iconbutton t-round' : 't-iconbutton'} aria-label={label} title={label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        {button}
      </button>
      {open && (
        <div role="menu" aria-label={label} className="t-menu" onKeyDown={keys}>
          {entries.map((e, n) =>
            'line' in e ? (
              <div key={n} role="separator" className="t-menu-line" />
            ) : 'heading' in e ? (
              <div key={n} role="presentation" className="t-menu-heading">
                {e.heading}
              </div>
            ) : (
              <button
                key={n}
                type="button"
                tabIndex={-1}
                role={e.checked === undefined ? 'menuitem' : 'menuitemradio'}
                aria-checked={e.checked}
                lang={e.lang}
                onClick={() => {
                  close()
                  e.onSelect()
                }}
              >
                {e.icon && <Icon name={e.icon} size={16} />}
                <span>{e.label}</span>
                {e.checked && <Icon name="check" size={14} />}
              </button>
            ),
          )}
        </div>
      )}
    </div>
  )
}
