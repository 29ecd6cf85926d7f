// The part of a rule's form that says which calls it is for.
import '@mantine/core/styles/Chip.css'
import { Chip, Group, Input } from '@mantine/core'
import type { FormItem } from '../../ui'
import { useNumberTypes } from '../../ui/places'
import { useLocale, type Language } from '../../i18n'
import { placeFields, placeWords } from './placeFields'
import { dayNames, dayText, validTime, windowText, type Day, type Match } from './match'
import { usePolicies } from './text'

type T = ReturnType<typeof usePolicies>

const zones = () => Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value }))

export function matchFields<V extends Match>(t: T, language: Language, account?: string): FormItem<V>[] {
  const list: FormItem<Match>[] = [
    { section: t('which'), help: t('whichHelp') },
    { name: 'account_id', label: t('account'), help: t('accountHelp'), kind: 'reference', path: '/accounts', current: account || undefined, full: true },
    { name: 'b_prefix', label: t('bPrefix'), help: t('prefixHelp'), placeholder: '44' },
    { name: 'a_prefix', label: t('aPrefix'), help: t('prefixHelp') },
    { section: t('where'), help: t('whereHelp') },
    ...placeFields<Match>(t),
    { section: t('quiet'), help: t('quietHelp') },
    { name: 'quiet_from', label: t('from'), placeholder: '22:00', check: (v, all) => clock(v) ?? (!v && all.quiet_to ? '22:00' : undefined) },
    { name: 'quiet_to', label: t('to'), placeholder: '08:00', check: (v, all) => clock(v) ?? (!v && all.quiet_from ? '08:00' : undefined) },
    { section: t('when'), help: t('whenHelp') },
    { name: 'days', label: t('days'), full: true, render: ({ value, set, error, readOnly }) => <Days label={t('days')} value={(value as Day[]) ?? []} set={set} error={error} language={language} readOnly={readOnly} /> },
    { name: 'from', label: t('from'), placeholder: '00:00', check: (v) => (validTime(v) ? undefined : '00:00–23:59') },
    { name: 'to', label: t('to'), placeholder: '00:00', check: (v) => (validTime(v) ? undefined : '00:00–24:00') },
    { name: 'time_zone', label: t('zone'), kind: 'suggest', options: zones(), full: true },
  ]
  return list as unknown as FormItem<V>[]
}

// clock is HH:MM, or nothing.
const clock = (v: string) => (!v || (validTime(v) && v !== '24:00') ? undefined : '00:00–23:59')

function Days({ label, value, set, error, language, readOnly }: { label: string; value: Day[]; set: (to: Day[]) => void; error?: string; language: Language; readOnly?: boolean }) {
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <Chip.Group multiple value={value} onChange={(to) => set(dayNames.filter((d) => to.includes(d)))}>
        <Group gap={6} mt={4}>
          {dayNames.map((day) => (
            <Chip key={day} value={day} size="xs" disabled={readOnly}>
              {dayText([day], language)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  )
}

/** Matched says in words which calls a rule is for. */
export function Matched({ of }: { of: Match & { account?: string } }) {
  const t = usePolicies()
  const { language } = useLocale()
  const say = useNumberTypes()
  const words = [of.account && t('ofAccount', { name: of.account }), of.a_prefix && t('showing', { prefix: of.a_prefix }), of.b_prefix && t('calling', { prefix: of.b_prefix }), ...placeWords(of, say, language), of.quiet_from && t('inQuiet', { from: of.quiet_from, to: of.quiet_to ?? '' })].filter(Boolean)
  const when = windowText(of, language)
  return (
    <>
      {words.length > 0 ? words.join(', ') : <span className="t-dim">{t('anyCall')}</span>}
      {when && <span className="t-dim">, {when}</span>}
    </>
  )
}
