import { area } from '../../i18n'
import en from '../../i18n/replays.en'
import ru from '../../i18n/replays.ru'

export const useReplays = area(en, ru)
export type ReplaysText = keyof typeof en
export const knows = (key: string): key is ReplaysText => key in en
