import { area } from '../../i18n'
import en from '../../i18n/now.en'
import ru from '../../i18n/now.ru'

export const useText = area(en, ru)
