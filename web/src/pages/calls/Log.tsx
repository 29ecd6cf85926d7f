// Log lines that speak of a call.
import type { Schema } from '../../api'
import { StatusBadge, When, type Tone } from '../../ui'
import { useCalls } from './text'

const tones: Partial<Record<string, Tone>> = { error: 'bad', warn: 'warn', info: 'busy' }
const hidden = new Set(['call_id', 'level', 'time', 'message'])

export function Log({ lines }: { lines: Schema<'Line'>[] }) {
  const t = useCalls()
  if (lines.length === 0) return <p className="t-dim c-none">{t('logNone')}</p>
  return (
    <ol className="c-log" lang="en">
      {lines.map((line, n) => (
        <li key={n}>
          <When at={line.at} absolute parts="clock" />
          <StatusBadge status={line.level} tone={tones[line.level] ?? 'off'}>
            {line.level}
          </StatusBadge>
          <span>{line.message}</span>
          <code title={fields(line)}>{fields(line)}</code>
        </li>
      ))}
    </ol>
  )
}

const fields = (line: Schema<'Line'>) =>
  Object.entries(line.fields ?? {})
    .filter(([name, value]) => !hidden.has(name) && value !== '' && value !== null && typeof value !== 'object')
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
