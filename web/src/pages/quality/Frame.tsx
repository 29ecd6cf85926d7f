// What all pages of quality have: their names, what they are filtered by, the time
// they are compared with. It stays when one goes from one to another.
import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { Icon, Page, useUrl } from '../../ui'
import { addressOf, heatFits, useAsked, type Dimension } from './asked'
import { Filters } from './Filters'
import './quality.css'
import { useQualityText } from './text'
import { ThresholdsDrawer } from './ThresholdsDrawer'

const views = [
  ['table', '/quality'],
  ['heat', '/quality/heat'],
  ['time', '/quality/time'],
  ['causes', '/quality/causes'],
  ['margin', '/quality/margin'],
] as const
export type ViewName = (typeof views)[number][0]

type Props = { view: ViewName; state?: ReactNode; tools?: ReactNode; children: ReactNode; /** what it can be filtered by, where that is not all */ only?: readonly Dimension[] }

export function Frame({ view, state, tools, children, only }: Props) {
  const t = useQualityText()
  const [params, set] = useUrl()
  const [open, setOpen] = useState(false)
  const may = heatFits(useAsked().where)
  const title = view === 'table' ? t('title') : `${t('title')}: ${t(`view_${view}`)}`
  return (
    <Page
      title={title}
      state={state ?? t('state')}
      actions={
        <Button variant="default" size="xs" leftSection={<Icon name="rates" size={14} />} onClick={() => setOpen(true)}>
          {t('thresholds')}
        </Button>
      }
    >
      <nav className="q-views" aria-label={t('views')}>
        {views.filter(([name]) => name !== 'heat' || name === view || may).map(([name, path]) => (
          <Link key={name} href={addressOf(path, params)} aria-current={name === view ? 'page' : undefined}>
            {t(`view_${name}`)}
          </Link>
        ))}
      </nav>
      <Filters params={params} set={set} only={only}>
        {tools}
      </Filters>
      {children}
      {open && <ThresholdsDrawer onClose={() => setOpen(false)} />}
    </Page>
  )
}
