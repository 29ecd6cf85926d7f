// What a change has changed, field by field.

export type Difference = { field: string; before?: string; after?: string }

/** differences lists the fields whose values differ; nested ones by their path. */
export function differences(before: unknown, after: unknown): Difference[] {
  const was = flat(before)
  const is = flat(after)
  return [...new Set([...was.keys(), ...is.keys()])].filter((k) => was.get(k) !== is.get(k)).map((field) => ({ field, before: was.get(field), after: is.get(field) }))
}

function flat(value: unknown, path = '', into = new Map<string, string>()) {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flat(inner, path ? `${path}.${key}` : key, into)
  } else if (value !== undefined && value !== null) {
    into.set(path || 'value', typeof value === 'string' ? value : JSON.stringify(value))
  }
  return into
}
