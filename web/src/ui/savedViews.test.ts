import { expect, test } from 'vitest'
import { changesTo, readViews, viewOf, withView } from './savedViews'

const names = ['cols', 'sort', 'q', 'provider_id', 'range']

test('a view is what belongs to the table, in one order', () => {
  const here = new URLSearchParams('open=7&tab=x&sort=-name&q=+7&cols=a,b')
  expect(viewOf(here, names)).toBe('cols=a%2Cb&q=+7&sort=-name')
  expect(viewOf(new URLSearchParams('q=+7&cols=a,b&sort=-name'), names)).toBe(viewOf(here, names))
})

test('it takes back what it does not have', () => {
  expect(changesTo('sort=-name', names)).toEqual({ sort: '-name', cols: undefined, q: undefined, provider_id: undefined, range: undefined })
})

test('a name is kept once, in the order of names', () => {
  const list = withView(withView([{ name: 'b', query: '' }], { name: 'a', query: 'q=1' }), { name: 'b', query: 'q=2' })
  expect(list).toEqual([{ name: 'a', query: 'q=1' }, { name: 'b', query: 'q=2' }])
})

test.each([[null], ['not json'], ['{"name":1}'], ['[1,null,{"name":"a"}]']])('what others wrote there does no harm: %s', (text) => expect(readViews(text)).toEqual([]))
