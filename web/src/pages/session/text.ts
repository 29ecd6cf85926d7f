import { area } from '../../i18n'
import en from '../../i18n/session.en'
import ru from '../../i18n/session.ru'

export const useText = area(en, ru)
