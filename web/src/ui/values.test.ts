import { describe, expect, test } from 'vitest'
import { country, international } from './countries'
import { decimalText, less, sum, units } from './decimal'
import { duration, fromInput, money, moneyExact, startOfDay, time, toInput } from './format'

describe('money stays exact', () => {
  test('digits beyond what a float holds', () => {
    expect(money('9007199254740993.125000', 'sum', 'en')).toBe('9,007,199,254,740,993.13')
    expect(moneyExact('9007199254740993.125001', 'en')).toBe('9,007,199,254,740,993.125001')
    expect(sum(['0.1', '0.2', '-0.3'])).toBe('0.00000000')
    expect(less('0.000001', '0.000002')).toBe('-0.00000100')
    expect(decimalText(units('-12.34'))).toBe('-12.34000000')
  })
  test('two decimals for a sum, four for a rate', () => {
    expect(money('12.340000', 'sum', 'en')).toBe('12.34')
    expect(money('0.012300', 'rate', 'en')).toBe('0.0123')
    expect(money('1234.5', 'sum', 'ru').replace(/\s/g, ' ')).toBe('1 234,50')
  })
  test('what is rounded to nothing has no sign', () => {
    expect(money('-0.004000', 'sum', 'en')).toBe('0.00')
    expect(money('-0.005000', 'sum', 'en')).toBe('-0.01')
    expect(moneyExact('-0.004000', 'en')).toBe('-0.004')
  })
  test('what is no decimal is shown as it is', () => expect(money('n/a')).toBe('n/a'))
})

describe('telephone numbers', () => {
  test.each([
    ['74957777777', '+7 495 777-77-77', 'RU'],
    ['77272581111', '+7 727 258-11-11', 'KZ'],
    ['442079460000', '+44 207 946 0000', 'GB'],
    ['12125550101', '+1 212 555 0101', 'US'],
    ['14165550101', '+1 416 555 0101', 'CA'],
    ['37122334455', '+371 223 344 55', 'LV'],
    ['+380441234567', '+380 441 234 567', 'UA'],
  ])('%s', (digits, text, iso) => {
    expect(international(digits)).toBe(text)
    expect(country(digits.replace('+', ''))?.iso).toBe(iso)
  })
  test.each(['101', 'anonymous', ''])('%s is none', (text) => expect(international(text)).toBe(text))
})

describe('times', () => {
  test('durations', () => expect([0, 59.9, 60, 3599, 3600, 36061].map(duration)).toEqual(['0:00', '0:59', '1:00', '59:59', '1:00:00', '10:01:01']))
  test('the wall clock of a zone, there and back', () => {
    expect(toInput('2026-07-01T12:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T14:00')
    expect(fromInput('2026-07-01T14:00', 'Europe/Berlin')).toBe('2026-07-01T12:00:00.000Z')
    expect(fromInput('2026-01-01T00:00', 'Asia/Kathmandu')).toBe('2025-12-31T18:15:00.000Z')
    expect(fromInput('', 'UTC')).toBe('')
  })
  test('a day begins at midnight of the zone, also when the clock is moved', () => {
    expect(startOfDay(new Date('2026-03-29T10:00:00Z'), 'Europe/Berlin').toISOString()).toBe('2026-03-28T23:00:00.000Z')
    expect(startOfDay(new Date('2026-11-22T01:00:00Z'), 'America/New_York').toISOString()).toBe('2026-11-21T05:00:00.000Z')
  })
  test('shown in the zone', () => expect(time('2026-11-22T23:30:00Z', 'clock', 'Europe/Moscow', 'en')).toBe('02:30:00'))
})
