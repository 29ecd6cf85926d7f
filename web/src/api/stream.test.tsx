// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { closeStream, useConnection, useTopic } from './stream'

class Source extends EventTarget {
  static all: Source[] = []
  static readonly CLOSED = 2
  readyState = 1
  onopen: () => void = () => {}
  onerror: () => void = () => {}
  constructor(readonly url: string) {
    super()
    Source.all.push(this)
  }
  close() {
    this.readyState = 2
  }
  tell(topic: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(topic, { data: JSON.stringify(data) }))
  }
}

let root: Root
const heard: Record<string, unknown[]> = {}

function Hears({ topic }: { topic: string }) {
  useTopic(topic, (data) => (heard[topic] ??= []).push(data))
  return null
}
function State() {
  return <b>{useConnection()}</b>
}

const box = document.createElement('div')
const show = (...topics: string[]) => act(async () => root.render([...topics.map((t, n) => <Hears key={n} topic={t} />), <State key="state" />]))
const open = () => Source.all.filter((s) => s.readyState !== Source.CLOSED)
const wait = (ms: number) => act(async () => vi.advanceTimersByTime(ms))

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true, EventSource: Source })
  vi.useFakeTimers()
  Source.all = []
  for (const topic of Object.keys(heard)) delete heard[topic]
  root = createRoot(box)
})
afterEach(async () => {
  await act(async () => root.unmount())
  closeStream()
  vi.useRealTimers()
})

test('all topics of a tab share one stream', async () => {
  await show('live', 'overview')
  await wait(50)
  expect(open().map((s) => s.url)).toEqual(['/api/v1/stream?topics=live%2Coverview'])
  await act(async () => open()[0]!.tell('live', { total: 3 }))
  expect(heard).toEqual({ live: [{ total: 3 }] })
})

test('a page that comes asks for its topic, too, and the old stream is closed', async () => {
  await show('live')
  await wait(50)
  await show('live', 'account:7')
  await wait(50)
  expect(open().map((s) => s.url)).toEqual(['/api/v1/stream?topics=account%3A7%2Clive'])
})

test('one that is refused is tried again, later each time', async () => {
  await show('live')
  await wait(50)
  const refuse = () =>
    act(async () => {
      const source = open()[0]!
      source.readyState = Source.CLOSED
      source.onerror()
    })
  await refuse()
  expect(box.textContent).toBe('lost')
  await wait(1_000)
  expect(Source.all).toHaveLength(2)
  await refuse()
  await wait(1_000)
  expect(Source.all).toHaveLength(2)
  await wait(1_000)
  expect(Source.all).toHaveLength(3)
  await act(async () => open()[0]!.onopen())
  expect(box.textContent).toBe('live')
})

test('who leaves is not listened for', async () => {
  await show('live')
  await wait(50)
  await show()
  await wait(400)
  expect(open()).toEqual([])
  expect(box.textContent).toBe('off')
})
