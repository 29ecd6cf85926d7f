import { useMemo } from 'react'
import { qr } from '../../ui/qr'

/** QR is always dark on white: readers want it so. */
export function QR({ text, label }: { text: string; label: string }) {
  const rows = useMemo(() => qr(text), [text])
  if (!rows) return null
  const size = rows.length + 8
  const d = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ''))).join('')
  return (
    <svg width={200} height={200} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={d} fill="#000" />
    </svg>
  )
}
