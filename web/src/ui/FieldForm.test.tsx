// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '../api/error'
import { setLocale } from '../i18n'
import { FieldForm, type FieldFormProps } from './FieldForm'

type Gate = { name: string; password?: string }

beforeAll(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
})
beforeEach(() => setLocale({ language: 'en' }))

let root: Root | undefined
let box: HTMLElement
afterEach(async () => {
  await act(async () => root?.unmount())
  box.remove()
})

async function show(props: Partial<FieldFormProps<Gate>> & Pick<FieldFormProps<Gate>, 'save'>) {
  const whole: FieldFormProps<Gate> = { initial: { name: 'g1' }, etag: '"1"', fields: [{ name: 'name', label: 'Name', required: true }, { name: 'password', label: 'Password', kind: 'password' }], valuesOf: (g: Gate) => ({ name: g.name }), saidSaved: '', ...props }
  if (!root) {
    box = document.body.appendChild(document.createElement('div'))
    root = createRoot(box)
  }
  await act(async () =>
    root!.render(
      <MantineProvider>
        <FieldForm<Gate> {...whole} />
      </MantineProvider>,
    ),
  )
}
afterEach(() => {
  root = undefined
})

const field = (name: string) => box.querySelector<HTMLInputElement>(`input[name="${name}"]`)!

async function type(name: string, text: string) {
  const input = field(name)
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, text)
    input.dispatchEvent(new Event('input', { bubbles: true }))
  })
}

async function submit() {
  await act(async () => {
    box.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  })
}

test('who saves twice writes over what was saved, and a secret is sent once', async () => {
  const save = vi.fn(async (v: Gate, etag?: string) => ({ value: { name: v.name }, etag: etag === '"1"' ? '"2"' : '"3"' }))
  await show({ save })
  await type('name', 'g2')
  await type('password', 'secret one')
  await submit()
  expect(field('password').value).toBe('')
  await type('name', 'g3')
  await submit()
  expect(save.mock.calls).toEqual([
    [{ name: 'g2', password: 'secret one' }, '"1"'],
    [{ name: 'g3' }, '"2"'],
  ])
})

test('what is typed while it is being saved stays', async () => {
  let answer: (v: unknown) => void = () => {}
  await show({ save: () => new Promise((done) => (answer = done)) })
  await type('name', 'g2')
  await submit()
  await type('name', 'g2 and more')
  await act(async () => answer({ value: { name: 'g2' }, etag: '"2"' }))
  expect(field('name').value).toBe('g2 and more')
})

test('what is read again is followed while nothing is typed, and does not take away what is', async () => {
  const save = vi.fn(async () => undefined)
  await show({ save })
  await show({ save, initial: { name: 'theirs' }, etag: '"2"' })
  expect(field('name').value).toBe('theirs')
  await type('name', 'mine')
  await show({ save, initial: { name: 'theirs again' }, etag: '"3"' })
  expect(field('name').value).toBe('mine')
  await submit()
  expect(save).toHaveBeenLastCalledWith({ name: 'mine' }, '"2"')
})

test('the error of a field stands at the field, and what was typed stays', async () => {
  await show({ save: () => Promise.reject(new ApiError(422, 'Unprocessable Entity', 'validation failed', [{ location: 'body.name', message: 'is taken' }])) })
  await type('name', 'g2')
  await submit()
  expect(field('name').getAttribute('aria-invalid')).toBe('true')
  expect(box.textContent).toContain('is taken')
  expect(field('name').value).toBe('g2')
})

test('of two who edit, the second sees what changed and chooses', async () => {
  const save = vi.fn((v: Gate, etag?: string) => (etag === '"1"' ? Promise.reject(new ApiError(412, 'Precondition Failed', '')) : Promise.resolve({ value: v, etag: '"9"' })))
  await show({ save, reload: async () => ({ value: { name: 'theirs' }, etag: '"8"' }) })
  await type('name', 'mine')
  await submit()
  expect([...box.querySelectorAll('td')].map((td) => td.textContent)).toEqual(['Name', 'g1', 'theirs', 'mine'])
  const keep = [...box.querySelectorAll('button')].find((b) => b.textContent === 'Keep mine, overwrite')!
  await act(async () => keep.click())
  expect(save).toHaveBeenLastCalledWith({ name: 'mine' }, '"8"')
  expect(box.querySelector('td')).toBeNull()
})

test('a field that is needed says so, and nothing is sent', async () => {
  const save = vi.fn(async () => undefined)
  await show({ save })
  await type('name', '')
  await submit()
  expect(save).not.toHaveBeenCalled()
  expect(box.textContent).toContain('required')
})
