// What the API answers when it cannot do what was asked: problem+json (RFC 9457).

type Detail = { location?: string; message?: string }

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: no answer came
    readonly title: string,
    readonly detail: string,
    readonly details: Detail[] = [],
    /** seconds after which it may be asked again */
    readonly retryAfter?: number,
  ) {
    super(detail || title)
  }

  /** fields are messages by field: "name", "addresses[0].network". */
  get fields(): Record<string, string> {
    const found: Record<string, string> = {}
    for (const d of this.details) {
      const name = (d.location ?? '').replace(/^body\.?/, '')
      if (name && !d.location?.startsWith('query.') && !(name in found)) found[name] = d.message ?? ''
    }
    return found
  }

  get changedMeanwhile() {
    return this.status === 412
  }

  get nobody() {
    return this.status === 401
  }
}

/** problemOf reads an answer that is not 2xx. */
export function problemOf(status: number, body: unknown, retryAfter?: string | null): ApiError {
  const p = (typeof body === 'object' && body !== null ? body : {}) as { title?: string; detail?: string; errors?: Detail[] | null }
  return new ApiError(status, p.title ?? `HTTP ${status}`, p.detail ?? '', p.errors ?? [], Number(retryAfter) || undefined)
}

/** textOf is what a person is told about an error. */
export function textOf(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  const rest = error.details.map((d) => (d.location ? `${d.location.replace(/^(body|query)\.?/, '')}: ${d.message}` : d.message)).filter(Boolean)
  return [error.message, ...rest].join(' · ')
}
