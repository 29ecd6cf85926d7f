// The form of a channel.
import type { Schema } from '../../api'

type Channel = Schema<'AlarmChannel'>
export type ChannelValues = { name: string; kind: 'webhook' | 'email'; url: string; secret?: string; renew: boolean; to: string[]; min_severity: 'info' | 'warning' | 'critical'; silent_from: string; silent_to: string; silent_zone: string; comment: string; enabled: boolean }

export const channelValues = (zone: string, c?: Channel): ChannelValues => ({
  name: c?.name ?? '',
  kind: c?.kind ?? 'webhook',
  url: c?.url ?? '',
  secret: undefined,
  renew: false,
  to: c?.to ?? [],
  min_severity: c?.min_severity ?? 'info',
  silent_from: c?.silent_from ?? '',
  silent_to: c?.silent_to ?? '',
  silent_zone: c?.silent_zone ?? zone,
  comment: c?.comment ?? '',
  enabled: c?.enabled ?? true,
})

/** channelBody: an empty secret has a new one made up; left out, it stays. What is of the other kind goes. */
export function channelBody({ renew, secret, ...v }: ChannelValues): Omit<ChannelValues, 'renew'> {
  return v.kind === 'webhook' ? { ...v, to: [], secret: renew ? '' : secret || undefined } : { ...v, url: '' }
}
