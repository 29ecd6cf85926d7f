// Sums of decimals that came as text, exact: in units of 10⁻⁸.
const places = 8

export function units(text: string): bigint {
  const m = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!m) return 0n
  const n = BigInt(m[2]! + (m[3] ?? '').padEnd(places, '0').slice(0, places))
  return m[1] ? -n : n
}

export function decimalText(n: bigint): string {
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, '0')
  return `${n < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

export const sum = (list: string[]) => decimalText(list.reduce((n, text) => n + units(text), 0n))
export const less = (a: string, b: string) => decimalText(units(a) - units(b))
