import { expect, test } from 'vitest'
import en from '../i18n/problems.en'
import { matched } from './problems'

test.each([
  ['node msk-1 is silent since 2026-11-22T10:00:00Z', 'nodeSilent', { name: 'msk-1', since: '2026-11-22T10:00:00Z' }],
  ['server asterisk-1 gives no answer', 'serverSilent', { name: 'asterisk-1' }],
  ['server asterisk-1 gives no answer; its calls are shown as they were seen last', 'serverLost', { name: 'asterisk-1' }],
  ['3 records wait on the disk of node msk-1 for the database', 'spoolWaits', { count: '3', name: 'msk-1' }],
  ['the calls of the last 24 hours are still being counted', 'counting', {}],
  ['the database does not answer: calls are not counted just now', 'databaseSilent', { what: 'calls are not counted just now' }],
] as const)('%s', (sentence, key, values) => {
  expect(matched(sentence)).toEqual({ key, values })
  if ('what' in values) expect(en).toHaveProperty([values.what])
})

test('what is not known stays as it is', () => expect(matched('the moon is full')).toBeUndefined())
