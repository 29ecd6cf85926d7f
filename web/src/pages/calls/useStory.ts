import { useState } from 'react'
import { useRead } from '../../api'

/** useStory reads a call, again and again while it is in progress. */
export function useStory(id: string) {
  const [running, setRunning] = useState(false)
  const story = useRead('/calls/{id}/story', undefined, { at: { id }, every: running ? 3000 : undefined })
  const now = story.data?.line.disposition === 'in_progress'
  if (now !== running) setRunning(now)
  return story
}
