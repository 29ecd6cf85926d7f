import { area } from '../../i18n'
import en from '../../i18n/system.en'
import ru from '../../i18n/system.ru'

export const useSystem = area(en, ru)
export const roles = ['admin', 'operator', 'analyst', 'agent', 'customer'] as const
