// Every reason that the code can give has its words, and its place in the argument.
/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '../../i18n/why.en'
import { placeOf } from './argument'

// Vitest runs in web/, which is beside the Go packages.
const source = (path: string) => readFileSync(resolve('..', path), 'utf8')
const refusals = source('callflow/refusal.go')
const kinds = source('routing/data.go')
const found = (text: string, shape: RegExp) => [...text.matchAll(shape)].map((m) => m[1]!)
const routing = found(source('routing/reason.go'), /^\s+Reason\w+\s+Reason = "(\w+)"/gm)

describe('reasons', () => {
  it('are read from the code', () => {
    expect(routing).toContain('would_lose')
    expect(routing.length).toBeGreaterThan(35)
  })

  it.each(routing)('%s has words', (code) => {
    expect(en).toHaveProperty(`r_${code}`)
  })

  it.each(routing)('%s has its place among the others', (code) => {
    expect(placeOf(code)).toBeDefined()
  })
})

describe('refusals', () => {
  const list = found(refusals, /Refusal\{"(\w+)",/g)
  it.each(list)('%s has words', (code) => {
    expect(en).toHaveProperty(`r_${code}`)
  })
  const messages = found(refusals, /Message\s+=\s+"([\w-]+)"/g)
  it.each(messages)('message %s has words', (code) => {
    expect(en).toHaveProperty(`m_${code}`)
  })
  it('are read from the code', () => {
    expect(list.length).toBeGreaterThan(15)
    expect(messages.length).toBeGreaterThan(5)
  })
})

describe('kinds of policies', () => {
  const list = found(kinds, /PolicyKind = "(\w+)"/g)
  it('are read from the code', () => expect(list).toContain('band_share'))
  it.each(list)('%s has words', (kind) => {
    expect(en).toHaveProperty(`kind_${kind}`)
  })
})
