// What a replay found: the difference in money, and where it comes from.
import { Anchor, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Schema } from '../../api'
import { Figure, format, Money, Section, Wide } from '../../ui'
import { less, units } from '../../ui/decimal'
import { Duration, PhoneNumber, When } from '../../ui/values'
import { knows, useReplays } from './text'

type Of = Schema<'ReplayResult'>
type Row = Schema<'ReplayRow'>

export function Result({ of }: { of: Of }) {
  const t = useReplays()
  const changes = of.changes ?? []
  const moves = of.moves ?? []
  const by = Object.entries(of.by as Record<string, Row[]>).filter(([name, rows]) => knows(`by_${name}`) && rows.length > 0)
  return (
    <>
      <Total of={of} />
      <Remarks of={of} />
      {changes.length === 0 && moves.length === 0 && <Text size="sm">{t('nothing')}</Text>}
      {changes.length > 0 && (
        <Section title={t('changes')} help={t('changesHelp')}>
          <Rows label={t('changes')} list={changes} currency={of.currency} />
        </Section>
      )}
      {moves.length > 0 && (
        <Section title={t('moves')}>
          <Moves list={moves} currency={of.currency} />
        </Section>
      )}
      {by.map(([name, rows]) => (
        <Section key={name} title={t(`by_${name}` as 'by_provider')}>
          <Rows label={t(`by_${name}` as 'by_provider')} list={rows} currency={of.currency} />
        </Section>
      ))}
      {(of.examples?.length ?? 0) > 0 && (
        <Section title={t('examples')}>
          <Examples list={of.examples ?? []} currency={of.currency} />
        </Section>
      )}
    </>
  )
}

/** Total: what is left over tells more than what is paid, as calls without a route cost nothing. */
function Total({ of }: { of: Of }) {
  const t = useReplays()
  const { before, after, gain, changed, calls, talk_ms } = of.total
  const between = (a: string, b: string) => t('costNow', { before: format.money(a), after: format.money(b) })
  const tone = (value: string) => (units(value) === 0n ? undefined : units(value) > 0n ? 'good' : 'bad')
  const dearer = less(after.cost, before.cost)
  return (
    <div className="t-figures">
      {gain !== undefined && <Figure label={t('gain')} value={<Money value={gain} currency={of.currency} signed />} tone={tone(gain)} note={t('gainHelp')} />}
      <Figure label={t('cost')} value={<>{units(dearer) > 0n && '+'}<Money value={dearer} currency={of.currency} /></>} tone={gain === undefined ? tone(less(before.cost, after.cost)) : undefined} note={between(before.cost, after.cost)} />
      {before.margin !== undefined && after.margin !== undefined && <Figure label={t('margin')} value={<Money value={less(after.margin, before.margin)} currency={of.currency} signed />} note={between(before.margin, after.margin)} />}
      <Figure label={t('changed')} value={format.count(changed)} note={t('changedOf', { calls: format.count(calls), talk: format.duration(Math.round(talk_ms / 1000)) })} />
      <Figure label={t('noRoute')} value={format.count(after.no_route)} tone={after.no_route > before.no_route ? 'bad' : undefined} note={t('noRouteNow', { before: format.count(before.no_route) })} />
    </div>
  )
}

function Remarks({ of }: { of: Of }) {
  const t = useReplays()
  const skipped = Object.entries((of.skipped ?? {}) as Record<string, number>)
  const count = skipped.reduce((sum, [, n]) => sum + n, 0)
  const word = (reason: string) => (knows(`skip_${reason}`) ? t(`skip_${reason}` as 'skip_internal') : reason)
  const list: string[] = []
  if (of.sample > 1) list.push(t('sampled', { sample: of.sample }))
  if (of.as_recorded.carried > 0) list.push(t('recorded', { carried: of.as_recorded.carried, same: of.as_recorded.same_provider_and_tier }))
  if (count > 0) list.push(t('skipped', { count, reasons: skipped.map(([reason, n]) => `${word(reason)} ${format.count(n)}`).join(', ') }))
  return list.map((text) => (
    <Text key={text} size="sm" c="dimmed">
      {text}
    </Text>
  ))
}

function Lines({ label, heads, width, children }: { label: string; heads: [string, boolean?][]; width: number; children: ReactNode }) {
  return (
    <Wide label={label} width={width}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {heads.map(([title, right]) => (
              <Table.Th key={title} ta={right ? 'right' : undefined}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Wide>
  )
}

function Rows({ label, list, currency }: { label: string; list: Row[]; currency: string }) {
  const t = useReplays()
  return (
    <Lines label={label} width={560} heads={[[t('name')], [t('number'), true], [t('talk'), true], [t('changed'), true], [`${t('before')}, ${currency}`, true], [`${t('after')}, ${currency}`, true], [`${t('gain')}, ${currency}`, true]]}>
      {list.map((r) => (
        <Table.Tr key={r.name}>
          <Table.Td>{r.name || '–'}</Table.Td>
          <Table.Td ta="right">{format.count(r.calls)}</Table.Td>
          <Table.Td ta="right">
            <Duration ms={r.talk_ms} />
          </Table.Td>
          <Table.Td ta="right">{format.count(r.changed)}</Table.Td>
          <Table.Td ta="right">
            <Money value={r.before.cost} />
          </Table.Td>
          <Table.Td ta="right">
            <Money value={r.after.cost} />
          </Table.Td>
          <Table.Td ta="right">{r.gain ? <Money value={r.gain} signed /> : '–'}</Table.Td>
        </Table.Tr>
      ))}
    </Lines>
  )
}

function Moves({ list, currency }: { list: Schema<'ReplayMove'>[]; currency: string }) {
  const t = useReplays()
  const way = (w: Schema<'ReplayWay'> | null | undefined) =>
    w ? (
      <Anchor component={Link} href={`/providers/${w.provider_id}`} inherit>
        {[w.provider, w.tier].filter(Boolean).join(' ')}
      </Anchor>
    ) : (
      <span className="t-bad">{t('noWay')}</span>
    )
  return (
    <Lines label={t('moves')} width={480} heads={[[t('fromWay')], [t('toWay')], [t('number'), true], [t('talk'), true], [`${t('gain')}, ${currency}`, true]]}>
      {list.map((m, n) => (
        <Table.Tr key={n}>
          <Table.Td>{way(m.from)}</Table.Td>
          <Table.Td>{way(m.to)}</Table.Td>
          <Table.Td ta="right">{format.count(m.calls)}</Table.Td>
          <Table.Td ta="right">
            <Duration ms={m.talk_ms} />
          </Table.Td>
          <Table.Td ta="right">
            <Money value={m.gain} signed />
          </Table.Td>
        </Table.Tr>
      ))}
    </Lines>
  )
}

function Examples({ list, currency }: { list: Schema<'ReplayExample'>[]; currency: string }) {
  const t = useReplays()
  return (
    <Lines label={t('examples')} width={520} heads={[[t('made')], [t('number')], [t('fromWay')], [t('toWay')], [`${t('gain')}, ${currency}`, true]]}>
      {list.map((e) => (
        <Table.Tr key={e.call_id}>
          <Table.Td>
            <Anchor component={Link} href={`/calls/${encodeURIComponent(e.call_id)}`} inherit>
              <When at={e.started_at} absolute />
            </Anchor>
          </Table.Td>
          <Table.Td>
            <PhoneNumber value={e.b_number} />
          </Table.Td>
          <Table.Td>{e.from ?? t('noWay')}</Table.Td>
          <Table.Td>{e.to ?? t('noWay')}</Table.Td>
          <Table.Td ta="right">
            <Money value={e.gain} signed />
          </Table.Td>
        </Table.Tr>
      ))}
    </Lines>
  )
}
