import { describe, expect, it } from 'vitest'
import { clear, editOf, filterOf, untouched } from './bulk'
import { countOf, digitsOf, faultOf } from './range'

describe('a range of numbers', () => {
  it('counts both ends, also beyond what a float can hold', () => {
    expect(countOf('74951815000', '74951815099')).toBe(100)
    expect(countOf('999999999999990', '999999999999999')).toBe(10)
    expect(countOf('74951815000', '')).toBeUndefined()
  })

  it('says what is wrong with the end', () => {
    expect(faultOf('74951815000', '7495181509')).toBe('rangeDigits')
    expect(faultOf('74951815000', '74951814999')).toBe('rangeOrder')
    expect(faultOf('74951815000', '74951824999')).toBeUndefined()
    expect(faultOf('74951815000', '74951825000')).toBe('rangeMany')
    expect(faultOf('7495', '')).toBeUndefined() // still typing
  })

  it('reads numbers as people write them', () => {
    expect(digitsOf('+7 (495) 181-50-00')).toBe('74951815000')
  })
})

describe('a change of many numbers', () => {
  it('sends only what was set, and none as the API wants it', () => {
    expect(editOf(untouched)).toEqual({})
    expect(editOf({ ...untouched, account_id: clear, server_id: '2', enabled: 'no', destination_number: clear })).toEqual({ account_id: 0, server_id: 2, enabled: false, destination_number: '' })
    expect(editOf({ ...untouched, destination_number: '+44 20 3807 0121' })).toEqual({ destination_number: '442038070121' })
  })

  it('changes what the list shows, no more', () => {
    expect(filterOf(new URLSearchParams('prefix=7495&provider_id=7&sort=-number&cols=number&open=3&q=abc'))).toEqual({ prefix: '7495', provider_id: 7, q: 'abc' })
    expect(filterOf(new URLSearchParams('sort=number&open=3'))).toEqual({})
  })
})
