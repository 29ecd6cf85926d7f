// The figures of the country that one has chosen, and the ways to what is behind them.
import { ActionIcon, Anchor } from '@mantine/core'
import { Link } from 'wouter'
import { useLocale } from '../../i18n'
import { Facts, Icon, Money, Percent, Section, type Range } from '../../ui'
import { least } from './measures'
import { nameOf } from './names'
import { useMapText } from './text'
import type { LiveOf } from './useDots'
import type { Past } from './useMap'
import { written } from './written'

type Props = { of: Past; live: LiveOf; currency: string; side: 'a' | 'b'; range: Range; provider?: string; account?: string; onClose: () => void }

export function CountryCard({ of, live, currency, side, range, provider, account, onClose }: Props) {
  const t = useMapText()
  const { language } = useLocale()
  const link = (href: string, text: string) => (
    <Anchor component={Link} href={href} size="sm">
      {text}
    </Anchor>
  )
  const time = { from: range.from, to: range.to }
  const quality = { provider, account, ...time, country: of.country || '-' }
  const calls = { provider_id: provider, account_id: account, [side === 'a' ? 'a_country' : 'country']: of.country, ...time }
  return (
    <Section
      title={nameOf(of.country, language, { unknown: t('unknown'), global: t('global') })}
      actions={
        <ActionIcon variant="subtle" color="gray" aria-label={t('close')} onClick={onClose}>
          <Icon name="close" size={16} />
        </ActionIcon>
      }
    >
      <Facts
        columns={3}
        rows={[
          [t('liveHelp'), <span className="t-num">{live.calls}</span>],
          [t('m_bids'), <span className="t-num">{written('bids', of, language)}</span>],
          [t('m_asr'), of.asr ? <Percent share={of.asr.share / 1e6} of={of.asr.of} least={least} /> : undefined],
          [t('m_talk'), <span className="t-num">{written('talk', of, language)}</span>],
          [t('sale'), <Money value={of.sale} currency={currency} />],
          [t('cost'), <Money value={of.cost} currency={currency} />],
          [t('m_margin'), <Money value={of.margin} currency={currency} signed />],
        ]}
      />
      <nav className="m-links" aria-label={nameOf(of.country, language, { unknown: t('unknown'), global: t('global') })}>
        {of.country && link(address('/calls', calls), t('callsOf'))}
        {side === 'b' && link(address('/quality', quality), t('qualityOf'))}
        {side === 'b' && link(address('/quality/time', quality), t('timeOf'))}
        {side === 'b' && !account && link(address('/quality/causes', quality), t('causesOf'))}
      </nav>
    </Section>
  )
}

/** address is a page with what it is filtered by. */
export function address(path: string, query: Record<string, string | undefined>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value) params.set(name, value)
  return `${path}?${params}`
}
