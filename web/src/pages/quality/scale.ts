// Thresholds are whole numbers in the API; people write percent, seconds and sums.

export type Unit = 'share' | 'ms' | 'us' | 'money' | 'count' | 'mos'

/** digits that a unit has behind the point, as people write it. */
const digits: Record<Unit, number> = { share: 4, ms: 3, us: 3, money: 6, count: 0, mos: 2 }

/** toText writes a threshold as people do: 450000 of shares is "45". */
export function toText(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return ''
  const n = digits[unit]
  const all = Math.abs(value).toString().padStart(n + 1, '0')
  const rest = n > 0 ? all.slice(-n).replace(/0+$/, '') : ''
  return `${value < 0 ? '-' : ''}${n > 0 ? all.slice(0, -n) : all}${rest && `.${rest}`}`
}

/** fromText reads it back: null for nothing, undefined for what is no number or too fine. */
export function fromText(text: string, unit: Unit): number | null | undefined {
  const given = text.trim().replace(',', '.')
  if (given === '') return null
  const m = /^(-?)(\d{1,9})(?:\.(\d*))?$/.exec(given)
  const rest = (m?.[3] ?? '').replace(/0+$/, '')
  if (!m || rest.length > digits[unit]) return undefined
  const n = Number(m[2]! + rest.padEnd(digits[unit], '0'))
  return m[1] && n !== 0 ? -n : n
}
