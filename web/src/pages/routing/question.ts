// The simulator's question: in the address, in its form, in the request.
export type Question = { to: string; from: string; account_id: string; subscriber_id: string; server_id: string; at: string }

export const blankQuestion: Question = { to: '', from: '', account_id: '', subscriber_id: '', server_id: '', at: '' }

export function questionOf(params: URLSearchParams): Question {
  const q = { ...blankQuestion }
  for (const name of Object.keys(q) as (keyof Question)[]) q[name] = params.get(name) ?? ''
  return q
}

/** bodyOf leaves out what is empty. */
export function bodyOf(q: Question) {
  const id = (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined)
  return {
    to: q.to,
    from: q.from || undefined,
    account_id: id(q.account_id),
    subscriber_id: id(q.subscriber_id),
    server_id: id(q.server_id),
    at: q.at || undefined,
  }
}
