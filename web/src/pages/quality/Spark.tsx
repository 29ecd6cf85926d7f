/** Spark is a small line with holes where nothing was measured; its scale is its own. */
export function Spark({ values, label, width = 76, height = 24 }: { values: (number | null)[]; label: string; width?: number; height?: number }) {
  const there = values.filter((v): v is number => v !== null)
  if (there.length === 0) return null
  const low = Math.min(...there)
  const span = Math.max(...there) - low || 1
  // Points at both ends are within the picture.
  const step = (width - 4) / Math.max(1, values.length - 1)
  const at = (v: number, n: number) => `${(2 + n * step).toFixed(1)},${(height - 3 - ((v - low) / span) * (height - 6)).toFixed(1)}`
  // A hole lifts the pen.
  const path = values.map((v, n) => (v === null ? '' : `${n > 0 && values[n - 1] !== null ? 'L' : 'M'}${at(v, n)}`)).join('')
  const alone = values.flatMap((v, n) => (v !== null && (values[n - 1] ?? null) === null && (values[n + 1] ?? null) === null ? [at(v, n).split(',')] : []))
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} className="t-spark">
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      {alone.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="1.5" fill="currentColor" />
      ))}
    </svg>
  )
}
