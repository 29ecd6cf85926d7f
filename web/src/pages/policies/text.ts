import { area } from '../../i18n'
import en from '../../i18n/policies.en'
import ru from '../../i18n/policies.ru'

export const usePolicies = area(en, ru)
