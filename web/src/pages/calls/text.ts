import { area } from '../../i18n'
import en from '../../i18n/calls.en'
import ru from '../../i18n/calls.ru'

export const useCalls = area(en, ru)
export type CallsText = keyof typeof en
export const knows = (key: string): key is CallsText => key in en
