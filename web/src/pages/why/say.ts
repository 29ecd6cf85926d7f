// Words of the argument, in the reader's language.
import { area, useLocale } from '../../i18n'
import en from '../../i18n/why.en'
import ru from '../../i18n/why.ru'
import { format } from '../../ui'
import { useWords, type Word } from '../../ui/text'
import { cheapest, dearer, micro, ruleOf, type Figures, type Floor, type Key, type Planned, type Told, type Weighed } from './argument'

const useText = area(en, ru)
type WhyText = keyof typeof en
const known = (key: string): key is WhyText => key in en

/** useSay puts what the API tells into sentences. */
export function useSay() {
  const t = useText()
  const words = useWords()
  const { language } = useLocale()

  const reasonWord = (code: string) => (known(`r_${code}`) ? t(`r_${code}` as WhyText) : code.replaceAll('_', ' '))
  const rule = (text: string) => {
    const found = ruleOf(text)
    if (!found || !known(`table_${found.table}`)) return text
    return t('rule_of', { table: t(`table_${found.table}` as WhyText), id: String(found.id) }) + (found.rest ? `, ${found.rest}` : '')
  }
  const percent = (share: number) => format.percent(share, language)
  const rate = (value: string) => format.money(value, 'rate', language)
  const kind = (told: Told) => (told.policy_kind && known(`kind_${told.policy_kind}`) ? t(`kind_${told.policy_kind}` as WhyText) : '')

  return {
    t,
    percent,
    kind,
    rule,
    reasonWord,
    rate,
    time: (ms: number) => format.duration(Math.round(ms / 1000)),
    name: (r: { provider?: string; tier?: string; key: string }) => (r.provider ? `${r.provider}${r.tier ? ` ${r.tier}` : ''}` : r.key),
    /** a refusal within a sentence */
    reason: (text: string, detail?: string) => {
      // A record has its detail behind the code: "bad_number: shorter than 7 digits".
      const [code = '', behind] = text.split(': ', 2)
      const word = reasonWord(code)
      const small = word.charAt(0).toLocaleLowerCase(language) + word.slice(1)
      const more = detail || behind
      return more ? `${small} (${rule(more)})` : small
    },
    message: (code: string) => (known(`m_${code}`) ? t(`m_${code}` as WhyText) : code),
    way: (key: Key) => (key.subscriber ? t('via_subscriber') : key.server ? t('via_server') : key.gate ? t('via_gate', { id: String(key.gate) }) : key.address ? t('via_address', { id: String(key.address) }) : ''),
    result: (result: string, sip?: number) => {
      const word = words(result as Word)
      return sip ? t('triedSIP', { result: word, sip: String(sip) }) : t('tried', { result: word })
    },
    /** whose call lengths were expected */
    lengths: (told: Told) => {
      const prefix = /\d+$/.exec(told.lengths ?? '')?.[0]
      return prefix ? t('lengthsOf', { prefix }) : t('lengthsAll')
    },
    /** what speaks against a candidate, beyond its reason */
    detail: (reason: string, text: string) => (reason === 'tier_too_low' ? t('needs', { tier: text }) : rule(text)),
    /** why it goes first */
    whyFirst: (first: Planned, told: Told) => {
      const plan = told.plan ?? []
      if (first.preferred_by) return t('why_rule')
      if (plan.length === 1) return t('why_only')
      if (first.weighed?.exploring) return t('why_exploring')
      if (first.weighed) return t('why_worth', { count: plan.length })
      if (told.policy_kind === 'least_cost' || !told.policy_kind) return t('why_cheapest', { count: plan.length })
      return known(`why_${told.policy_kind}`) ? t(`why_${told.policy_kind}` as WhyText) : t('why_policy')
    },
    /** what a route was weighed by, beyond the bound that counted */
    figures: ({ figures: f, samples }: Weighed, currency: string) => {
      if (!f) return ''
      const lender = t(`lent_${f.borrowed_from}`, { prefix: f.borrowed_prefix ?? '' })
      const parts = [t('borrowed', { share: percent(f.borrowed_ppm / 1e6), lender }), t('waits', { s: format.decimal(f.wait_ms / 1000, 1, language), cost: rate(f.wait_cost), currency })]
      return (samples > 0 ? [t('own', { share: percent(f.own_ppm / 1e6) }), ...parts] : parts).join(' · ')
    },
    /** what its worth was worked out from besides */
    worth: (f: Figures, currency: string) =>
      t('worthOf', { expected: percent(f.expected_ppm / 1e6), ended: percent(f.ended_ppm / 1e6), gain: rate(f.gain), fee: rate(f.fee), currency }),
    floor: (f: Floor) => t('flooredBy', { measure: f.measure.toUpperCase() + (f.prefix ? ` (${f.prefix}…)` : ''), share: percent(f.share_ppm / 1e6), of: f.of, least: percent(f.least_ppm / 1e6), over: f.over }),
    /** how it compares: "12.3 % dearer than the cheapest" */
    compared: (route: Planned, told: Told) => {
      const plan = (told.plan ?? []).filter((r) => micro(r.cost) > 0n)
      if (plan.length < 2 || !route.cost) return ''
      if (cheapest(route, plan)) return t('place_cheapest')
      const by = dearer(route, plan)
      return by === undefined ? '' : t('place_dearer', { percent: percent(by) })
    },
  }
}
