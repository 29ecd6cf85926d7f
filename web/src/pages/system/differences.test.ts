import { describe, expect, it } from 'vitest'
import { differences } from './differences'

describe('differences', () => {
  it('names the fields that differ, nested ones by their path', () => {
    expect(differences({ name: 'a', limits: { cps: 1, channels: 2 }, same: true }, { name: 'b', limits: { cps: 1, channels: 3 }, same: true })).toEqual([
      { field: 'name', before: 'a', after: 'b' },
      { field: 'limits.channels', before: '2', after: '3' },
    ])
  })
  it('shows all of what was created and of what is gone', () => {
    expect(differences(null, { name: 'a', tags: ['x'] })).toEqual([
      { field: 'name', before: undefined, after: 'a' },
      { field: 'tags', before: undefined, after: '["x"]' },
    ])
    expect(differences({ name: 'a' }, undefined)).toEqual([{ field: 'name', before: 'a', after: undefined }])
  })
  it('tells null from a value', () => {
    expect(differences({ limit: null }, { limit: '5' })).toEqual([{ field: 'limit', before: undefined, after: '5' }])
  })
})
