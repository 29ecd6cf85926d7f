// What a change of many numbers sends: only what was set.
export type Choice = { provider_id: string; server_id: string; account_id: string; enabled: string; direction: string; virtual: string; echo_test: string; destination_subscriber_id: string; destination_number: string }

export const untouched: Choice = { provider_id: '', server_id: '', account_id: '', enabled: '', direction: '', virtual: '', echo_test: '', destination_subscriber_id: '', destination_number: '' }

/** clear stands for "none" in a choice that may be empty. */
export const clear = '-'

const booleans = ['enabled', 'virtual', 'echo_test'] as const
const references = ['provider_id', 'server_id', 'account_id', 'destination_subscriber_id'] as const

export type Edit = Partial<{ provider_id: number; server_id: number; account_id: number; enabled: boolean; direction: string; virtual: boolean; echo_test: boolean; destination_subscriber_id: number; destination_number: string }>

/** editOf is the change as the API wants it; 0 and an empty text stand for none. */
export function editOf(c: Choice): Edit {
  const edit: Edit = {}
  for (const name of references) if (c[name]) edit[name] = c[name] === clear ? 0 : Number(c[name])
  for (const name of booleans) if (c[name]) edit[name] = c[name] === 'yes'
  if (c.direction) edit.direction = c.direction
  if (c.destination_number) edit.destination_number = c.destination_number === clear ? '' : c.destination_number.replace(/\D/g, '')
  return edit
}

/** names of filters that the list and the change of many understand alike */
export const filterNames = ['q', 'enabled', 'provider_id', 'server_id', 'account_id', 'direction', 'prefix', 'from', 'to', 'number', 'free', 'bound'] as const

/** filterOf takes the list's filters out of the address. */
export function filterOf(params: URLSearchParams): Record<string, string | number> {
  const filter: Record<string, string | number> = {}
  for (const name of filterNames) {
    const value = params.get(name)
    if (value) filter[name] = name.endsWith('_id') ? Number(value) : value
  }
  return filter
}
