import { area } from '../i18n'
import en from '../i18n/ui.en'
import ru from '../i18n/ui.ru'

/** useWords: words that components and many pages use. */
export const useWords = area(en, ru)
export type Word = keyof typeof en
