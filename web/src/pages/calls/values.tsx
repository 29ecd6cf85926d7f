import { knows, useCalls, type CallsText } from './text'

/** Cause is a Q.850 cause with its name. */
export function Cause({ value }: { value?: number }) {
  const t = useCalls()
  if (!value) return <span className="t-dim">–</span>
  const key = `q${value}`
  return (
    <>
      <span className="t-num">{value}</span> {knows(key) && <span className="t-dim">{t(key as CallsText)}</span>}
    </>
  )
}

/** Direction is a word. */
export function Direction({ value }: { value: string }) {
  const t = useCalls()
  const key = `dir_${value}`
  return <>{knows(key) ? t(key) : value}</>
}
