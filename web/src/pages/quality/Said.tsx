// What was answered instead of a connection, the most frequent first.
import { Anchor, Button } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { href } from '../../api'
import { useLocale } from '../../i18n'
import { Failed, format, Grid, Icon, Section, StatusBadge, useUrl, useWords, type Column } from '../../ui'
import { Cause } from '../calls/values'
import { addressOf, causesFit, type Asked } from './asked'
import { faults, type Fault } from './BlameBar'
import { wilson } from './measures'
import { Nothing } from './Nothing'
import { useQualityText } from './text'
import { useCauses, type CauseRow, type CausesOf } from './useReport'
import { interval } from './Value'

export function Said({ asked }: { asked: Asked }) {
  const t = useQualityText()
  const words = useWords()
  const [params] = useUrl()
  const may = causesFit(asked.where)
  const causes = useCauses(asked.query, may)
  const data = causes.data
  const columns = useColumns(data)
  if (!may)
    return (
      <Section title={t('whatWasSaid')}>
        <p className="t-dim q-hint">
          {t('causesNot')}{' '}
          <Anchor component={Link} href={addressOf('/quality/causes', params)} inherit>
            {t('causesWithout')}
          </Anchor>
        </p>
      </Section>
    )
  if (causes.error && !data) return <Failed error={causes.error} retry={() => void causes.refetch()} />
  return (
    <Section
      title={t('whatWasSaid')}
      help={t('whatWasSaidHelp')}
      flush
      actions={
        <Button component="a" href={href('/quality/causes/export', { ...asked.query, format: 'csv' })} title={t('csvHelp')} download variant="default" size="xs" leftSection={<Icon name="download" size={14} />}>
          {words('csv')}
        </Button>
      }
    >
      <Grid label={t('whatWasSaid')} rows={data?.lines ?? []} columns={columns} rowKey={(c) => `${c.result}|${c.sip_status ?? 0}|${c.cause ?? 0}|${c.blame ?? ''}`} height="32rem" loading={causes.isPending} empty={<Nothing />} />
    </Section>
  )
}

function useColumns(data: CausesOf | undefined): Column<CauseRow>[] {
  const t = useQualityText()
  const { language } = useLocale()
  return useMemo(
    () => [
      { key: 'result', title: t('result'), width: 130, phoneWidth: 105, render: (c) => <StatusBadge status={c.result} /> },
      { key: 'sip_status', title: t('sip'), width: 60, phoneWidth: 52, right: true, render: (c) => c.sip_status || <span className="t-dim">–</span> },
      { key: 'cause', title: t('cause'), width: 210, grow: true, wide: true, render: (c) => (c.behind ? <Cause value={c.cause} /> : <span className="t-dim">{t('rareCauses')}</span>) },
      { key: 'blame', title: t('blame'), width: 130, phoneWidth: 74, render: (c) => (c.blame && (faults as readonly string[]).includes(c.blame) ? t(`blame_${c.blame as Fault}`) : <span className="t-dim">–</span>) },
      {
        key: 'bids',
        title: t('m_bids'),
        width: 90,
        phoneWidth: 60,
        right: true,
        render: (c) => <Counted of={c} />,
      },
      {
        key: 'share',
        title: t('ofBidsTitle'),
        width: 120,
        phoneWidth: 74,
        right: true,
        render: (c) => {
          const share = wilson(c.bids, data?.bids ?? 0)
          return share ? (
            <span className="q-value">
              <span className="t-num">{format.percent(share.share / 1e6, language)}</span>
              <span className="q-under">{interval(share, language)}</span>
            </span>
          ) : null
        },
      },
    ],
    [t, language, data],
  )
}

/** Counted leads to the attempts that were counted. Of rare causes that were put together
 * there is no such list. */
export function Counted({ of }: { of: CauseRow }) {
  const t = useQualityText()
  const { language } = useLocale()
  const why = of.folded ? t(of.behind ? 'foldedMore' : 'foldedNone') : undefined
  const count = (
    <>
      {format.count(of.bids, language)}
      {why && <span className="q-heard">. {why}</span>}
    </>
  )
  return of.behind ? (
    <Link href={of.behind} className="q-behind q-value t-num" title={why}>
      {count}
    </Link>
  ) : (
    <span className="q-value t-num" title={why}>
      {count}
    </span>
  )
}
