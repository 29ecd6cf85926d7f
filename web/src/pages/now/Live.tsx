import { Alert, Button, Drawer, Group } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { ColumnChooser, Empty, format, Grid, Icon, Page, SearchBox, Sparkline, useUrl, useWords } from '../../ui'
import { useProblems } from '../../ui/problems'
import { Chips } from './Chips'
import { LiveCallView } from './LiveCallView'
import { useColumns } from './liveColumns'
import { chosen, sorted } from './liveFilter'
import { useText } from './text'
import { useRate } from './useRate'
import { useLive } from './useLive'

export default function Live() {
  const t = useText()
  const w = useWords()
  const say = useProblems()
  const [params, set] = useUrl()
  const [still, setStill] = useState(false)
  const live = useLive(still)
  const rate = useRate()
  const columns = useColumns()
  const usual = useMemo(() => columns.filter((c) => !c.hidden).map((c) => c.key), [columns])
  const cols = params.get('cols')?.split(',') ?? usual
  const q = params.get('q') ?? ''
  const filter = useMemo(() => ({ q, state: params.get('state') ?? '', direction: params.get('direction') ?? '', server: params.get('server') ?? '' }), [params, q])
  const sort = params.get('sort') ?? undefined
  const rows = live ? sorted(chosen(live.rows, filter), sort) : []
  const open = live?.rows.find((r) => r.call_id === params.get('open'))
  const count = live?.rows.filter((r) => !r.endedAt).length ?? 0
  const shown = rows.filter((r) => !r.endedAt).length
  const filtered = Object.values(filter).some(Boolean)

  return (
    <Page
      title={t('live')}
      state={live && (filtered ? t('liveState', { shown, total: live.total }) : live.total > 0 ? t('liveStateAll', { total: live.total }) : t('liveNone'))}
      actions={rate.length > 1 && <Rate values={rate} />}
    >
      {live && live.problems.length > 0 && (
        <Alert color="yellow" variant="light" icon={<Icon name="warning" />}>
          {live.problems.map((p) => (
            <div key={p} lang={say(p).lang}>
              {say(p).text}
            </div>
          ))}
        </Alert>
      )}
      <div className="t-table">
        <div className="t-tools">
          <SearchBox value={q} placeholder={t('search')} onChange={(value) => set({ q: value })} width={280} />
          <Chips rows={live?.rows ?? []} filter={filter} onChange={set} />
          <span className="t-spring" />
          <ColumnChooser columns={columns} shown={cols} onChange={(keys) => set({ cols: keys.join() === usual.join() ? undefined : keys.join() })} />
        </div>
        <div onPointerEnter={(e) => e.pointerType === 'mouse' && setStill(true)} onPointerLeave={() => setStill(false)}>
          <Grid
            label={t('live')}
            rows={rows}
            columns={columns}
            shown={cols}
            rowKey={(r) => r.call_id}
            sort={sort}
            onSort={(to) => set({ sort: to })}
            onOpen={(r) => set({ open: r.call_id }, { push: true })}
            openKey={open?.call_id}
            rowClass={(r) => (r.endedAt ? 't-gone' : r.low ? 't-lowrow' : undefined)}
            loading={!live}
            height="max(22rem, calc(100dvh - 14rem))"
            empty={
              filtered ? (
                <Empty title={t('liveNoMatch')} icon="search" action={<Button size="xs" variant="default" onClick={() => set({ q: '', state: '', direction: '', server: '' })}>{w('clear')}</Button>} />
              ) : (
                <Empty title={t('liveNone')} icon="live">
                  {t('liveNoneHelp')}
                </Empty>
              )
            }
          />
        </div>
        <div className="t-count">
          {still && rows.some((r) => r.endedAt) ? t('held') : live && live.total > count ? t('truncated', { count }) : ' '}
        </div>
      </div>
      <Drawer
        opened={open !== undefined}
        onClose={() => set({ open: undefined })}
        position="right"
        size="xl"
        closeButtonProps={{ 'aria-label': w('close') }}
        title={
          <Group gap="sm">
            <span className="t-mono">{open?.call_id}</span>
            {open && (
              <Button component={Link} href={`/calls/${encodeURIComponent(open.call_id)}`} size="compact-xs" variant="subtle">
                {t('story')}
              </Button>
            )}
          </Group>
        }
      >
        {open && <LiveCallView call={open} skewMs={live?.skewMs ?? 0} />}
      </Drawer>
    </Page>
  )
}

function Rate({ values }: { values: number[] }) {
  const t = useText()
  const now = format.decimal(values.at(-1) ?? 0, 1)
  return (
    <div className="t-rate">
      <span>
        <strong className="t-num">{now}</strong> <span className="t-dim">{t('perSecond')}</span>
      </span>
      <Sparkline values={values} label={t('cpsSpark', { now })} />
    </div>
  )
}
