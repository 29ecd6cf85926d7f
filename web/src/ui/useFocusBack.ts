// Where one was before a dialogue, when it is gone. Mantine gives the focus back to
// what had it when a dialogue of its opens; one that is there only while it is open
// has missed that.
import { useEffect, useState } from 'react'

/** useFocusBack is for dialogues that are rendered open and taken away. */
export function useFocusBack() {
  const [from] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      // After the focus trap of the dialogue is gone; another may have taken it.
      setTimeout(() => {
        const nobody = document.activeElement === null || document.activeElement === document.body
        if (nobody && from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true })
      })
    },
    [from],
  )
}
