// Types that follow from the API's document.
import type { components, paths } from './schema.gen'

export type { paths }
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Schema names a type of the document: Schema<'Provider'>. */
export type Schema<K extends keyof components['schemas']> = components['schemas'][K]

type Operation<M extends Method, P extends keyof paths> = paths[P] extends Record<M, infer O> ? O : never
type Known<O> = [O] extends [never] ? false : O extends undefined ? false : true

/** PathWith are the paths that know a method. */
export type PathWith<M extends Method> = { [P in keyof paths]: Known<Operation<M, P>> extends true ? P : never }[keyof paths]

type Content<R> = R extends { content: { 'application/json': infer B } } ? B : undefined
type Good<R> = R extends { 200: infer A } ? Content<A> : R extends { 201: infer A } ? Content<A> : R extends { 202: infer A } ? Content<A> : undefined

/** AnswerOf is what comes back. */
export type AnswerOf<M extends Method, P extends keyof paths> = Operation<M, P> extends { responses: infer R } ? Good<R> : unknown

/** BodyOf is what is sent. */
export type BodyOf<M extends Method, P extends keyof paths> = Operation<M, P> extends { requestBody: { content: { 'application/json': infer B } } }
  ? B
  : Operation<M, P> extends { requestBody?: { content: { 'application/json': infer B } } }
    ? B
    : undefined

export type QueryOf<M extends Method, P extends keyof paths> = Operation<M, P> extends { parameters: { query?: infer Q } } ? Q : undefined

type Row<A> = [A] extends [never] ? never : A extends { items: (infer T)[] } ? T : never

/** ListPath are the paths that answer with pages. */
export type ListPath = { [P in keyof paths]: [Row<AnswerOf<'get', P>>] extends [never] ? never : P }[keyof paths]

/** RowOf is a row of a list. */
export type RowOf<P extends keyof paths> = Row<AnswerOf<'get', P>>

/** At fills the {names} in a path. */
export type At = Record<string, string | number>
