import { area } from '../../i18n'
import en from '../../i18n/own.en'
import ru from '../../i18n/own.ru'

export const useOwn = area(en, ru)
