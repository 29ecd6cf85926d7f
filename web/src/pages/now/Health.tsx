// How servers, nodes and ways out are.
import { Anchor, Group, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Schema } from '../../api'
import { Scroll, Section } from '../../ui/Page'
import { StatusBadge, When, type Tone } from '../../ui/values'
import { useText } from './text'

function Rows({ label, heads, minWidth, children }: { label: string; heads: ReactNode[]; minWidth: number; children: ReactNode }) {
  return (
    <Scroll label={label} minWidth={minWidth}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((h, n) => (
              <Table.Th key={n}>{h}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Scroll>
  )
}

const stateTone = (state: string): Tone => (state === 'up' ? 'good' : state === 'silent' ? 'bad' : 'off')

export function Servers({ list }: { list: Schema<'ServerHealth'>[] }) {
  const t = useText()
  return (
    <Section title={t('servers')}>
      {list.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noServers')}{' '}
          <Anchor component={Link} href="/servers">
            {t('addServer')}
          </Anchor>
        </Text>
      ) : (
        <Rows label={t('servers')} heads={[t('name'), t('state'), t('calls'), t('version'), t('seen')]} minWidth={420}>
          {list.map((s) => (
            <Table.Tr key={s.id}>
              <Table.Td>
                <Anchor component={Link} href={`/servers/${s.id}`} size="sm">
                  {s.name}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <State state={s.state} more={s.state === 'up' ? [!s.events && t('noEvents'), !s.limits && t('noLimits')] : []} />
              </Table.Td>
              <Table.Td className="t-num">{s.calls}</Table.Td>
              <Table.Td>{s.version || '–'}</Table.Td>
              <Table.Td>
                <When at={s.seen_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
    </Section>
  )
}

export function Nodes({ list }: { list: Schema<'NodeHealth'>[] }) {
  const t = useText()
  return (
    <Section title={t('nodes')} help={t('nodesHelp')}>
      <Rows label={t('nodes')} heads={[t('name'), t('state'), <span title={t('spoolHelp')}>{t('spool')}</span>, t('version'), t('since'), t('seen')]} minWidth={420}>
        {list.map((n) => (
          <Table.Tr key={n.name}>
            <Table.Td>{n.name}</Table.Td>
            <Table.Td>
              <State state={n.draining ? 'draining' : n.state} more={[n.this && t('thisNode')]} />
            </Table.Td>
            <Table.Td className={n.spool_waiting ? 't-num t-warn' : 't-num'}>{n.spool_waiting ?? '–'}</Table.Td>
            <Table.Td>{n.version || '–'}</Table.Td>
            <Table.Td>
              <When at={n.started_at} parts="short" />
            </Table.Td>
            <Table.Td>
              <When at={n.seen_at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Section>
  )
}

function State({ state, more }: { state: string; more: (string | false)[] }) {
  const t = useText()
  const word = state === 'up' ? t('up') : state === 'silent' ? t('silent') : state === 'draining' ? t('draining') : undefined
  return (
    <Group gap={8} wrap="nowrap">
      <StatusBadge status={state} tone={state === 'draining' ? 'warn' : stateTone(state)}>
        {word}
      </StatusBadge>
      {more.filter(Boolean).map((m) => (
        <Text key={String(m)} size="xs" c="dimmed" className="t-num">
          {m}
        </Text>
      ))}
    </Group>
  )
}

export function RestingWays({ list }: { list: Schema<'Resting'>[] }) {
  const t = useText()
  if (list.length === 0) return null
  const words: Record<string, string> = { open: t('restingOpen'), probing: t('restingProbing'), unreachable: t('restingUnreachable') }
  return (
    <Section title={t('resting')} help={t('restingHelp')}>
      <Rows label={t('resting')} heads={[t('name'), t('state'), '', t('since'), t('restingUntil')]} minWidth={480}>
        {list.map((r) => (
          <Table.Tr key={`${r.provider_id} ${r.gate_id} ${r.address_id}`}>
            <Table.Td>
              <Anchor component={Link} href={`/providers/${r.provider_id}`} size="sm">
                {r.provider}
              </Anchor>
              {r.gate_id ? <span className="t-dim"> · {t('gate', { id: String(r.gate_id) })}</span> : null}
            </Table.Td>
            <Table.Td>
              <StatusBadge status={r.state} tone={r.state === 'probing' ? 'busy' : r.state === 'unreachable' ? 'bad' : 'warn'}>
                {words[r.state]}
              </StatusBadge>
            </Table.Td>
            <Table.Td>{r.bids > 0 ? t('restingFailed', { failures: r.failures, bids: r.bids }) : (r.unreachable_from ?? []).join(', ')}</Table.Td>
            <Table.Td>
              <When at={r.since} />
            </Table.Td>
            <Table.Td>
              <When at={r.until} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Section>
  )
}
