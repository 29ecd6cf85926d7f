import { area } from '../../i18n'
import en from '../../i18n/numbers.en'
import ru from '../../i18n/numbers.ru'

export const useNumbers = area(en, ru)
