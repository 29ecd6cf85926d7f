// Hours in which nobody is told.
import type { FormItem } from '../../ui'
import type { useAlarmText } from './text'

type Silent = { silent_from: string; silent_to: string; silent_zone: string }

const zones = () => Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value }))
const clock = (v: string) => (v === '' || /^([01]\d|2[0-3]):[0-5]\d$/.test(v) ? undefined : '00:00–23:59')

export function silentFields<V extends Silent>(t: ReturnType<typeof useAlarmText>): FormItem<V>[] {
  const list: FormItem<Silent>[] = [
    { name: 'silent_from', label: t('silentFrom'), help: t('silentHelp'), placeholder: '22:00', check: clock },
    { name: 'silent_to', label: t('silentTo'), placeholder: '07:00', check: clock },
    { name: 'silent_zone', label: t('zone'), kind: 'suggest', options: zones(), full: true, show: (v) => Boolean(v.silent_from || v.silent_to) },
  ]
  return list as unknown as FormItem<V>[]
}
