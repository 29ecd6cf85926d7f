import { area } from '../../i18n'
import en from '../../i18n/decks.en'
import ru from '../../i18n/decks.ru'

export const useDecks = area(en, ru)
export type DecksText = keyof typeof en
export const knows = (key: string): key is DecksText => key in en
