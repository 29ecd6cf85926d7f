// A side of a posting: an account, a provider, or one of our own books.
import { Anchor } from '@mantine/core'
import { Link } from 'wouter'
import type { Schema } from '../../api'
import { useMoney } from './text'

export function Party({ of }: { of: Schema<'Party'> }) {
  const t = useMoney()
  const to = of.kind === 'customer' ? `/accounts/${of.id}` : of.kind === 'provider' ? `/providers/${of.id}` : undefined
  if (!to) return <>{t(`party_${of.kind}`)}</>
  return (
    <Anchor component={Link} href={to} inherit>
      {of.name || of.id}
    </Anchor>
  )
}
