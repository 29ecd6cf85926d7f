import { SimpleGrid } from '@mantine/core'
import { useLocation } from 'wouter'
import { useLocale } from '../../i18n'
import { Chart } from '../../ui/Chart'
import { decimal } from '../../ui/format'
import { Section } from '../../ui/Page'
import { useText } from './text'
import { useLines, type Overview } from './useOverview'

export default function Charts({ o }: { o: Overview }) {
  const t = useText()
  const { language } = useLocale()
  const [, navigate] = useLocation()
  const line = useLines(o)
  if (!line) return null
  const behind = (from: Date, to: Date) => navigate(`/calls?from=${encodeURIComponent(from.toISOString())}&to=${encodeURIComponent(to.toISOString())}`)
  const whole = (v: number) => decimal(v, 0, language)
  const cents = (v: number) => decimal(v, 2, language)
  return (
    <>
      <Section title={t('chartCalls')} help={t('chartCallsHelp')}>
        <Chart
          label={t('chartCalls')}
          times={line.times}
          height={210}
          onRange={behind}
          series={[
            { label: t('chartAll'), values: line.calls, tone: 'dim', unit: whole },
            { label: t('chartAnswered'), values: line.answered, tone: 'main', fill: true, unit: whole },
          ]}
        />
      </Section>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Section title={t('chartASR')}>
          <Chart label={t('chartASR')} times={line.times} height={150} onRange={behind} series={[{ label: t('chartASR'), values: line.asr, tone: 'main', unit: (v) => decimal(v, 0, language) }]} />
        </Section>
        <Section title={t('chartMargin', { currency: o.currency })}>
          <Chart label={t('chartMargin', { currency: o.currency })} times={line.times} height={150} onRange={behind} series={[{ label: t('chartMargin', { currency: o.currency }), values: line.margin, tone: 'good', fill: true, unit: cents }]} />
        </Section>
      </SimpleGrid>
    </>
  )
}
