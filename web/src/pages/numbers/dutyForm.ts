// A duty operator is for a server or for a number, never for both.
import type { Schema } from '../../api'

export type DutyValues = { subscriber_id: number; of: 'server' | 'number'; server_id?: number | null; number_id?: number | null }

export const dutyValues = (d?: Schema<'DutyOperator'>): DutyValues => ({
  subscriber_id: d?.subscriber_id as number,
  of: d?.number_id ? 'number' : 'server',
  server_id: d?.server_id ?? undefined,
  number_id: d?.number_id ?? undefined,
})

export const dutyBody = ({ of, ...v }: DutyValues) => ({ ...v, server_id: of === 'server' ? v.server_id : null, number_id: of === 'number' ? v.number_id : null })
