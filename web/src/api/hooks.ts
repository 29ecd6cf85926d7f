// Reading through TanStack Query: one record, a list page by page.
import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { ask, get } from './client'
import { ApiError } from './error'
import type { At, ListPath, PathWith, QueryOf, RowOf } from './types'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Too many at once, or nobody there: soon again. What was refused stays refused.
      retry: (count, error) => count < 3 && (!(error instanceof ApiError) || [0, 429, 503].includes(error.status)),
      retryDelay: (count, error) => 1000 * Math.min((error instanceof ApiError && error.retryAfter) || 2 ** count, 15),
    },
  },
})

/**
 * useRecord reads one thing with its version. Who opens it is not shown what was read
 * when it was open before: a form that begins with that would write over a version that
 * is gone.
 */
export function useRecord<P extends PathWith<'get'>>(path: P, at: At = {}, options: { enabled?: boolean; every?: number } = {}) {
  return useQuery({
    queryKey: [path, at],
    queryFn: ({ signal }) => ask('get', path, { at, signal }),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    gcTime: 0,
  })
}

/** useRead reads anything that is not changed: no version, query parameters. */
export function useRead<P extends PathWith<'get'>>(path: P, query?: QueryOf<'get', P>, options: { at?: At; enabled?: boolean; every?: number } = {}) {
  return useQuery({
    queryKey: [path, options.at ?? {}, query ?? {}],
    queryFn: ({ signal }) => get(path, { at: options.at, query, signal }),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    placeholderData: keepPreviousData,
  })
}

/** useList reads a list page by page; query has filters, sort and q as the API names them. */
export function useList<P extends ListPath>(path: P, query: Record<string, unknown> = {}, options: { at?: At; limit?: number; enabled?: boolean } = {}) {
  const list = useInfiniteQuery({
    queryKey: [path, options.at ?? {}, 'list', query],
    initialPageParam: '',
    enabled: options.enabled ?? true,
    queryFn: async ({ pageParam, signal }) => {
      const asked = { ...query, limit: options.limit ?? 100, cursor: pageParam || undefined }
      return (await get(path as PathWith<'get'>, { at: options.at, query: asked as never, signal })) as { items: RowOf<P>[]; next?: string; total?: number }
    },
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data])
  return { ...list, rows, total: list.data?.pages[0]?.total }
}

/** useForget makes what was read under a path be read again: after a change. */
export function useForget() {
  const client = useQueryClient()
  return useCallback(
    (...paths: string[]) =>
      client.invalidateQueries({
        predicate: ({ queryKey: [path] }) => typeof path === 'string' && paths.some((p) => path === p || path.startsWith(`${p}/`)),
      }),
    [client],
  )
}
