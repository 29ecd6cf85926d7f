import { area } from '../../i18n'
import en from '../../i18n/alarms.en'
import ru from '../../i18n/alarms.ru'

export const useAlarmText = area(en, ru)
export type AlarmText = keyof typeof en
