import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { format } from './format'

test('forms follow the number', () => {
  const ru = (count: number) => format('{count} {count|звонок|звонка|звонков}', { count }, 'ru')
  expect([1, 2, 5, 11, 21, 22].map(ru)).toEqual(['1 звонок', '2 звонка', '5 звонков', '11 звонков', '21 звонок', '22 звонка'])
  const en = (count: number) => format('{count} {count|call|calls}', { count }, 'en')
  expect([0, 1, 2, 1204].map(en)).toEqual(['0 calls', '1 call', '2 calls', '1,204 calls'])
})

test('what has no value stays, values are text and nothing else', () => {
  expect(format('{a} and {b}', { a: '<b>{b}</b>' }, 'en')).toBe('<b>{b}</b> and {b}')
})

// The types check that no key is missing; this checks that no value got lost.
const areas = readdirSync('src/i18n').filter((f) => f.endsWith('.en.ts')).map((f) => f.replace('.en.ts', ''))
test.each(areas)('%s says the same in both languages', async (area) => {
  const en = ((await import(`./${area}.en.ts`)) as { default: Record<string, string> }).default
  const ru = ((await import(`./${area}.ru.ts`)) as { default: Record<string, string> }).default
  const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]))].sort()
  for (const [key, text] of Object.entries(en)) {
    expect(ru[key], key).toBeTruthy()
    for (const name of names(ru[key]!)) expect(names(text), `${key}: {${name}} in Russian only`).toContain(name)
    for (const [, forms] of ru[key]!.matchAll(/\{\w+\|([^}]*)\}/g)) expect(forms!.split('|').length, `${key}: Russian has three forms`).toBe(3)
    for (const [, forms] of text.matchAll(/\{\w+\|([^}]*)\}/g)) expect(forms!.split('|').length, `${key}: English has two forms`).toBe(2)
  }
})
