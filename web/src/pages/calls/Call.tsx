// The whole story of a call, on one page.
import { Group } from '@mantine/core'
import { useParams } from 'wouter'
import type { Schema } from '../../api'
import { international } from '../../ui/countries'
import { Copy, Loaded, Page, Running, StatusBadge, When, format, type Crumb } from '../../ui'
import { Story } from './Story'
import { useCalls } from './text'
import { useStory } from './useStory'
import { Direction } from './values'

export default function CallPage() {
  const t = useCalls()
  const { id = '' } = useParams<{ id: string }>()
  const story = useStory(id)
  const line = story.data?.line
  return (
    <Page
      crumb={{ href: '/calls', label: t('title') }}
      title={line ? `${name(line.a_number, t('unknownNumber'))} → ${name(line.b_number || line.dialled, t('unknownNumber'))}` : t('callTitle', { id })}
      state={line && <State line={line} />}
      actions={<Copy text={id} label={t('copyId')} />}
      see={line && see(line, t)}
    >
      <Loaded from={story} lines={10}>
        {(s) => <Story story={s} />}
      </Loaded>
    </Page>
  )
}

const name = (number: string | undefined, none: string) => (number ? international(number) : none)

export function State({ line }: { line: Schema<'CallLine'> }) {
  const t = useCalls()
  return (
    <Group gap="xs" wrap="wrap">
      <StatusBadge status={line.disposition} />
      <span>
        <Direction value={line.direction} />
      </span>
      <When at={line.started_at} />
      {line.disposition === 'in_progress' ? line.answered_at && <Running since={line.answered_at} /> : line.talk_ms > 0 && <span>{t('talked', { time: format.duration(line.talk_ms / 1000) })}</span>}
      {line.cut && <span className="t-warn">{t('cut')}</span>}
    </Group>
  )
}

type T = ReturnType<typeof useCalls>

function see(line: Schema<'CallLine'>, t: T): Crumb[] {
  const links: Crumb[] = []
  if (line.account_id) links.push({ href: `/accounts/${line.account_id}`, label: t('seeAccount', { name: line.account ?? '' }) })
  if (line.provider_id) links.push({ href: `/providers/${line.provider_id}`, label: t('seeProvider', { name: line.provider ?? '' }) })
  if (line.b_number) links.push({ href: `/calls?number=${line.b_number}&range=7d`, label: t('seeCalled') })
  if (line.a_number) links.push({ href: `/calls?number=${line.a_number}&range=7d`, label: t('seeCaller') })
  if (line.b_number && line.direction === 'out') links.push({ href: `/simulator?to=${line.b_number}${line.account_id ? `&account_id=${line.account_id}` : ''}`, label: t('seeSimulator') })
  return links
}
