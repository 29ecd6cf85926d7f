import { area } from '../../i18n'
import en from '../../i18n/map.en'
import ru from '../../i18n/map.ru'

export const useMapText = area(en, ru)
