// A range of numbers, checked as it is typed.
export type RangeFault = 'rangeDigits' | 'rangeOrder' | 'rangeMany'

/** most is how many numbers are added at once. */
export const most = 10_000

const isNumber = (text: string) => /^[1-9]\d{6,14}$/.test(text)

/** countOf is how many numbers a range has; undefined while an end is missing. */
export function countOf(from: string, to: string): number | undefined {
  if (!isNumber(from) || !isNumber(to) || from.length !== to.length || to < from) return undefined
  return Number(BigInt(to) - BigInt(from) + 1n)
}

/** faultOf says what is wrong with the end of a range, as far as one can tell. */
export function faultOf(from: string, to: string): RangeFault | undefined {
  if (!isNumber(from) || !isNumber(to)) return undefined
  if (from.length !== to.length) return 'rangeDigits'
  if (to < from) return 'rangeOrder'
  return (countOf(from, to) ?? 0) > most ? 'rangeMany' : undefined
}

/** digitsOf takes out what people put between digits. */
export const digitsOf = (text: string) => text.replace(/[\s()+.-]/g, '')
