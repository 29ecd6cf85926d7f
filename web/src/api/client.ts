// One door to the API. Whoever calls gets the value or an ApiError.
import createClient from 'openapi-fetch'
import { ApiError, problemOf } from './error'
import type { AnswerOf, At, BodyOf, Method, paths, PathWith, QueryOf } from './types'

export const base = '/api/v1'

const client = createClient<paths>({
  baseUrl: location.origin + base,
  credentials: 'same-origin',
  fetch: (request) => globalThis.fetch(request),
})

export type Call<M extends Method, P extends keyof paths> = {
  at?: At
  query?: QueryOf<M, P>
  body?: BodyOf<M, P>
  /** version that was seen: goes as If-Match */
  etag?: string
  /** makes a posting happen once, however often it is sent */
  key?: string
  signal?: AbortSignal
}

export type Answer<T> = { value: T; etag: string }

type Loose = (method: string, path: string, init: unknown) => Promise<{ data?: unknown; error?: unknown; response: Response }>

/** ask is every call: the value and its version. */
export async function ask<M extends Method, P extends PathWith<M>>(method: M, path: P, call: Call<M, P> = {}): Promise<Answer<AnswerOf<M, P>>> {
  const header: Record<string, string> = {}
  if (call.etag) header['If-Match'] = call.etag
  if (call.key) header['Idempotency-Key'] = call.key
  const init = { params: { path: call.at, query: call.query, header }, headers: header, body: call.body, signal: call.signal }
  const { data, error, response } = await (client.request as unknown as Loose)(method, path as string, init).catch(unreachable)
  if (!response.ok) {
    if (response.status === 401 && path !== '/session') tellNobody()
    throw problemOf(response.status, error, response.headers.get('Retry-After'))
  }
  return { value: data as AnswerOf<M, P>, etag: response.headers.get('ETag') ?? '' }
}

export const get = async <P extends PathWith<'get'>>(path: P, call?: Call<'get', P>) => (await ask('get', path, call)).value
export const post = async <P extends PathWith<'post'>>(path: P, call?: Call<'post', P>) => (await ask('post', path, call)).value
export const put = async <P extends PathWith<'put'>>(path: P, call?: Call<'put', P>) => (await ask('put', path, call)).value
export const remove = async <P extends PathWith<'delete'>>(path: P, call?: Call<'delete', P>) => (await ask('delete', path, call)).value

/** send is for what is not JSON: uploads of files. */
export async function send<T>(method: string, url: string, body: BodyInit | null, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(base + url, { method, body, headers, credentials: 'same-origin' }).catch(unreachable)
  const text = await response.text()
  const data: unknown = text && response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text
  if (!response.ok) {
    if (response.status === 401) tellNobody()
    throw problemOf(response.status, data, response.headers.get('Retry-After'))
  }
  return data as T
}

/** fill puts values in the place of {names}. */
export function fill(path: string, at: At = {}) {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(at[name] ?? '')))
}

/** href is the address of a download: what a link points to. */
export function href(path: string, query: Record<string, unknown> = {}, at?: At) {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return base + fill(path, at) + (text ? `?${text}` : '')
}

/** newKey makes an Idempotency-Key. Keep it until the answer is known. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

function unreachable(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error
  throw new ApiError(0, 'no answer', '')
}

// Who wants to know that the session is over.
let nobody: () => void = () => {}
export function onNobody(f: () => void) {
  nobody = f
}
function tellNobody() {
  nobody()
}
