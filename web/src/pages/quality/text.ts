import { area } from '../../i18n'
import en from '../../i18n/quality.en'
import ru from '../../i18n/quality.ru'

export const useQualityText = area(en, ru)
export type QualityText = keyof typeof en
